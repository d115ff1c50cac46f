/** The shell, for every component of the window. */
import { createContext } from 'svelte';
import type { Shell } from './shell.svelte.ts';

export const [useShell, provideShell] = createContext<Shell>();
