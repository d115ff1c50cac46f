/** A picture into which a network reads more and more of what it knows. */
import type { Shell, Shortcut, Workspace } from '../../state/shell.svelte.ts';
import { DreamDesk } from './desk.svelte.ts';
import { Dreaming } from './dreaming.svelte.ts';
import DreamWorkspace from './DreamWorkspace.svelte';

const NAME = 'dream';

const here = (shell: Shell): Dreaming | undefined =>
  shell.workspace.name === NAME ? shell.desk(Dreaming) : undefined;

const canPause = (shell: Shell): boolean =>
  ['running', 'paused', 'interrupted'].includes(here(shell)?.job?.state ?? '');
const hasSteps = (shell: Shell): boolean => (here(shell)?.job?.frames ?? null) !== null;
const atStep = (shell: Shell): boolean => (here(shell)?.step ?? null) !== null;

const shortcuts: readonly Shortcut[] = [
  {
    keys: ' ',
    label: 'Pause or resume',
    when: canPause,
    run: (shell) => void shell.desk(Dreaming).pauseOrResume(),
  },
  {
    keys: 'ArrowLeft',
    label: 'Step before',
    when: hasSteps,
    run: (shell) => shell.desk(Dreaming).scrub(-1),
  },
  {
    keys: 'ArrowRight',
    label: 'Step after',
    when: hasSteps,
    run: (shell) => shell.desk(Dreaming).scrub(1),
  },
  { keys: 'l', label: 'Newest step', when: hasSteps, run: (shell) => shell.desk(DreamDesk).look(null) },
  {
    keys: 'b',
    label: 'Branch from this step',
    when: atStep,
    run: (shell) => void shell.desk(Dreaming).start(true),
  },
  {
    keys: 'k',
    label: 'Keep this step',
    when: atStep,
    run: (shell) => void shell.desk(Dreaming).keepStep(),
  },
  {
    keys: 'c',
    label: 'Compare with the original',
    when: (shell) => here(shell)?.job !== undefined,
    run(shell) {
      const dreaming = shell.desk(Dreaming);
      dreaming.comparing = !dreaming.comparing;
    },
  },
  {
    keys: 'Mod+z',
    label: 'Undo',
    when: (shell) => shell.desk(DreamDesk).canUndo,
    run: (shell) => shell.desk(DreamDesk).undo(),
  },
  {
    keys: 'Mod+Shift+z',
    label: 'Redo',
    when: (shell) => shell.desk(DreamDesk).canRedo,
    run: (shell) => shell.desk(DreamDesk).redo(),
  },
];

export const dream: Workspace = {
  name: NAME,
  title: 'Dream',
  key: 'd',
  component: DreamWorkspace,
  picture: {
    label: 'Dream on this picture',
    icon: 'sparkle',
    lay: (shell, picture) => shell.desk(DreamDesk).open(picture),
    renamed: (shell, from, to) => shell.desk(DreamDesk).rename(from, to),
    held: (shell) => [shell.desk(Dreaming).result?.id, shell.desk(Dreaming).picture?.id],
  },
  opens: {
    dream: {
      show: (shell, job) => shell.desk(DreamDesk).show(job),
      restore(shell, recipe, { picture, start, further, model, files }) {
        const { guide = null, mask = null } = files;
        const settings = { ...recipe.settings, guide, mask };
        shell.desk(DreamDesk).restore(start, model, settings, further ? null : picture);
      },
      further: 'Continue from here',
      film: 'Film strip: scrub and branch',
    },
  },
  job: (shell) => shell.desk(Dreaming).job,
  start: {
    ready: (shell) => shell.desk(DreamDesk).now.picture !== null,
    run: (shell) => shell.desk(Dreaming).start(),
  },
  exports: (shell) => shell.desk(Dreaming).exported,
  shortcuts,
};
