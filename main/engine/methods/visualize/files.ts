/** What a visualisation writes beside its sheet: a film of its steps, and each image on its own. */
import { mkdir } from 'node:fs/promises';
import { join, parse as parsePath, resolve as resolvePath } from 'node:path';
import type { FilmFiles, VisualizeRequest } from '../../../../shared/contract/visualize.ts';
import { throwIfCancelled } from '../../../../shared/cancellation.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import type { Recipe } from '../../../../shared/recipes/recipe.ts';
import { saveImage } from '../../imaging/codec.ts';
import type { Pixels } from '../../imaging/pixels.ts';

export class Film {
  readonly #files: FilmFiles;
  readonly #last: number;

  private constructor(files: FilmFiles, last: number) {
    this.#files = files;
    this.#last = last;
  }

  /** Makes the folder. @throws ReverieError `output/unwritable` */
  static async begin(files: FilmFiles, last: number): Promise<Film> {
    await mkdir(files.folder, { recursive: true }).catch((cause: unknown) => {
      throw new ReverieError(
        'output/unwritable',
        `The folder "${files.folder}" cannot be made.`,
        {},
        { cause },
      );
    });
    return new Film(files, last);
  }

  /** Writes a step that was asked for, or the last. */
  async keep(step: number, picture: () => Pixels): Promise<void> {
    const { folder, steps } = this.#files;
    if (steps !== 'all' && step !== this.#last && !steps.includes(step)) return;
    await saveImage(picture(), join(folder, `${String(step).padStart(4, '0')}.png`));
  }
}

/** Each image as `out-1.png`, …; one that can be repeated on its own says how. */
export async function saveEach(
  images: readonly Pixels[],
  { out }: VisualizeRequest,
  recipe: Recipe<'visualize'>,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const { dir, name, ext } = parsePath(resolvePath(out));
  const { target, interpolate, diversity } = recipe.settings;
  const alone = interpolate === null && diversity === 1;
  const paths: string[] = [];
  for (const [i, image] of images.entries()) {
    throwIfCancelled(signal);
    const path = join(dir, `${name}-${i + 1}${ext}`);
    const own = target?.[i];
    const settings = alone && own !== undefined ? { ...recipe.settings, target: [own] } : recipe.settings;
    await saveImage(image, path, { recipe: { ...recipe, settings } });
    paths.push(path);
  }
  return paths;
}
