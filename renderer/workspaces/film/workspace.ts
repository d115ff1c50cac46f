/** A film that zooms into a picture and dreams on from frame to frame. */
import type { Shell, Workspace } from '../../state/shell.svelte.ts';
import { FilmDesk } from './desk.svelte.ts';
import FilmWorkspace from './FilmWorkspace.svelte';

const NAME = 'film';

const canPlay = (shell: Shell): boolean =>
  shell.workspace.name === NAME && (shell.studio.jobs.get(shell.desk(FilmDesk).job)?.frames ?? null) !== null;

export const film: Workspace = {
  name: NAME,
  title: 'Film',
  key: 'f',
  component: FilmWorkspace,
  picture: {
    label: 'Film a flight into this picture',
    icon: 'film',
    lay: (shell, picture) => shell.desk(FilmDesk).open(picture),
    renamed: (shell, from, to) => shell.desk(FilmDesk).rename(from, to),
    held: (shell) => [shell.desk(FilmDesk).picture, shell.studio.jobs.get(shell.desk(FilmDesk).job)?.result],
  },
  opens: {
    film: {
      show: (shell, job) => shell.desk(FilmDesk).show(job),
      restore(shell, { settings }, { picture, start, model }) {
        shell.desk(FilmDesk).restore(start, model, settings, shell.studio.jobOf(picture)?.id ?? null);
      },
      film: 'Look at its frames',
    },
    video: {
      restore(shell, { settings }, { model }) {
        shell.desk(FilmDesk).resemble(model, settings);
      },
    },
  },
  job: (shell) => shell.studio.jobs.get(shell.desk(FilmDesk).job),
  start: {
    ready: (shell) => shell.desk(FilmDesk).picture !== null,
    run: (shell) => shell.desk(FilmDesk).start(),
  },
  exports(shell) {
    const job = shell.studio.jobs.get(shell.desk(FilmDesk).job);
    return job === undefined || job.frames === null ? undefined : { pictures: [], job };
  },
  shortcuts: [
    {
      keys: 'p',
      label: 'Play the film, or stop playing',
      when: canPlay,
      run(shell) {
        const desk = shell.desk(FilmDesk);
        desk.playing = !desk.playing;
      },
    },
  ],
};
