/** Why a network sees what it sees in a picture. */
import type { Workspace } from '../../state/shell.svelte.ts';
import { Explainer } from './desk.svelte.ts';
import ExplainWorkspace from './ExplainWorkspace.svelte';

export const explain: Workspace = {
  name: 'explain',
  title: 'Explain',
  key: 'x',
  component: ExplainWorkspace,
  picture: {
    label: 'Explain what a network sees',
    icon: 'search',
    lay: (shell, picture) => shell.desk(Explainer).open(picture),
    renamed: (shell, from, to) => shell.desk(Explainer).rename(from, to),
    held: (shell) => [shell.desk(Explainer).picture],
  },
  opens: {
    explain: {
      restore: (shell, { settings }, { start, model, output }) =>
        shell.desk(Explainer).restore(start, { model, output }, settings),
    },
  },
  start: {
    ready: (shell) => shell.desk(Explainer).request !== undefined,
    run: (shell) => shell.desk(Explainer).run(),
  },
};
