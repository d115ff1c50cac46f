/** The networks that are installed, and those that can be. */
import type { Workspace } from '../../state/shell.svelte.ts';
import { ModelsDesk } from './desk.svelte.ts';
import ModelsWorkspace from './ModelsWorkspace.svelte';

export const models: Workspace = {
  name: 'models',
  title: 'Models',
  key: 'm',
  component: ModelsWorkspace,
  welcome: (shell, model) => shell.desk(ModelsDesk).welcome(model),
};
