/** What the units of a network respond to. */
import type { Workspace } from '../../state/shell.svelte.ts';
import { Neurons } from './desk.svelte.ts';
import NeuronsWorkspace from './NeuronsWorkspace.svelte';

export const neurons: Workspace = {
  name: 'neurons',
  title: 'Neurons',
  key: 'n',
  component: NeuronsWorkspace,
  opens: {
    visualize: {
      show: (shell, job) => shell.desk(Neurons).show(job),
      restore: (shell, { settings }, { model, output }) =>
        shell.desk(Neurons).restore({ model, output }, settings),
    },
    atlas: {
      show(shell, _job, { model, settings }) {
        const id = model ?? shell.studio.defaultModel?.id;
        if (id !== undefined && settings.layer !== null) shell.desk(Neurons).openIn(id, settings.layer);
      },
    },
    filters: {
      restore(shell, _recipe, { model }) {
        if (model !== null) shell.desk(Neurons).use(model);
      },
    },
  },
  job: (shell) => shell.studio.jobs.get(shell.desk(Neurons).job),
  start: {
    ready: (shell) => shell.desk(Neurons).order(shell.studio.settings) !== undefined,
    async run(shell) {
      const desk = shell.desk(Neurons);
      const job = await shell.start(desk.order(shell.studio.settings));
      if (job !== undefined) desk.show(job);
    },
  },
};
