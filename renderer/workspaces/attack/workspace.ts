/** A picture changed as little as possible so that a network sees something else. */
import type { Workspace } from '../../state/shell.svelte.ts';
import AttackWorkspace from './AttackWorkspace.svelte';
import { Attacker } from './desk.svelte.ts';

export const attack: Workspace = {
  name: 'attack',
  title: 'Attack',
  key: 'a',
  component: AttackWorkspace,
  picture: {
    label: 'Make a network see something else',
    icon: 'target',
    lay: (shell, picture) => shell.desk(Attacker).open(picture),
    renamed: (shell, from, to) => shell.desk(Attacker).rename(from, to),
    held: (shell) => [shell.desk(Attacker).picture, shell.studio.jobs.get(shell.desk(Attacker).job)?.result],
  },
  opens: {
    attack: {
      show: (shell, job) => shell.desk(Attacker).show(job),
      restore(shell, { settings }, { picture, start, further, model, output, files }) {
        const job = further ? null : (shell.studio.jobOf(picture)?.id ?? null);
        shell
          .desk(Attacker)
          .restore(start, { model, output }, { ...settings, mask: files['mask'] ?? null }, job);
      },
    },
  },
  job: (shell) => shell.studio.jobs.get(shell.desk(Attacker).job),
  start: {
    ready: (shell) => shell.desk(Attacker).picture !== null,
    async run(shell) {
      const desk = shell.desk(Attacker);
      const job = await shell.start(desk.order(shell.studio.settings));
      if (job !== undefined) desk.follow(job.id);
    },
  },
};
