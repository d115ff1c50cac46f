/** The workspaces, in the order of their tabs; the window begins with the first. */
import type { Workspace } from '../state/shell.svelte.ts';
import { attack } from './attack/workspace.ts';
import { dream } from './dream/workspace.ts';
import { explain } from './explain/workspace.ts';
import { film } from './film/workspace.ts';
import { gallery } from './gallery/workspace.ts';
import { models } from './models/workspace.ts';
import { neurons } from './neurons/workspace.ts';

export const workspaces: readonly Workspace[] = [gallery, dream, film, neurons, explain, attack, models];
