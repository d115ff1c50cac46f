/** What windows are told of a state folder that cannot be used as it is. */
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { StateNote } from '../../shared/studio/state-notes.ts';
import { temporaryStudio } from './testing/temporary-studio.ts';

it('a window is told of settings and jobs that cannot be used, and can remove the jobs', async () => {
  const t = await temporaryStudio();
  try {
    expect(t.studio.notes).toEqual([]);
    await t.studio.close();
    const run = join(t.home, 'runs', 'later');
    await mkdir(run);
    await writeFile(join(run, 'job.json'), '{"format": 9, "id": "later"}');
    await writeFile(join(t.home, 'settings.json'), '{"theme": "light", "keepRuns": 0}');
    const abandoned = join(run, '.reverie-x.tmp');
    await writeFile(abandoned, '');
    await utimes(abandoned, 0, 0);
    await t.reopen();

    const told = t.studio.service.stateNotes()[Symbol.asyncIterator]();
    const next = async (): Promise<readonly StateNote[]> => {
      const { value } = await told.next();
      return (value as readonly StateNote[] | undefined) ?? [];
    };
    const notes = await next();
    expect(notes).toEqual([
      {
        message: expect.stringMatching(/^In the file of settings, Film strips kept must/) as string,
        job: null,
      },
      {
        message:
          'The job "later" cannot be read, and stays as it is: The record of the job has format 9, and this version of Reverie reads format 1; a later version wrote it.',
        job: 'later',
      },
    ]);
    expect(t.studio.notes).toEqual(notes.map(({ message }) => message));
    await expect.poll(() => readdir(run)).toEqual(['job.json']);

    await t.studio.service.removeJob({ job: 'later' });
    expect(await next()).toEqual(notes.slice(0, 1));
    expect(await readdir(join(t.home, 'runs'))).toEqual([]);
    await told.return?.();
  } finally {
    await t.close();
  }
});
