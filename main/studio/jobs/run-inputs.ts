/** The files a job works from, kept with the job: deleting a picture from the gallery must not break what grows out of it. */
import { constants } from 'node:fs';
import { copyFile, link, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RUN } from './run-record.ts';

/**
 * Brings files into a run's folder, each under its own name (a recipe tells it), and without using space where the file system
 * can link. @returns their names, by key
 */
export async function keepInputs(
  run: string,
  files: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  for (const [key, path] of Object.entries(files))
    await linkOrCopy(path, join(run, RUN.inputs, key, basename(path)));
  return Object.fromEntries(Object.entries(files).map(([key, path]) => [key, basename(path)]));
}

export function inputPath(run: string, key: string, name: string): string {
  return join(run, RUN.inputs, key, name);
}

export async function linkOrCopy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_FICLONE));
}
