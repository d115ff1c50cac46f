/** What a visualisation writes beside its sheet: a film of its steps, and each image on its own. */
import { join, parse as parsePath, resolve as resolvePath } from 'node:path';
import type { FilmFiles, VisualizeRequest } from '../../../../shared/contract/visualize.ts';
import { throwIfCancelled } from '../../../../shared/cancellation.ts';
import type { Recipe } from '../../../../shared/recipes/recipe.ts';
import { saveImage } from '../../imaging/codec.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import { StepPictures } from '../common/step-pictures.ts';

/** The film of a visualisation: the steps that were asked for, and the last. */
export class Film {
  readonly #pictures: StepPictures;
  readonly #steps: FilmFiles['steps'];
  readonly #last: number;

  private constructor(pictures: StepPictures, steps: FilmFiles['steps'], last: number) {
    this.#pictures = pictures;
    this.#steps = steps;
    this.#last = last;
  }

  /** Makes the folder. @throws ReverieError `output/unwritable` */
  static async begin({ folder, steps }: FilmFiles, last: number): Promise<Film> {
    return new Film(await StepPictures.in(folder), steps, last);
  }

  async keep(step: number, picture: () => Pixels): Promise<void> {
    if (this.#steps === 'all' || step === this.#last || this.#steps.includes(step))
      await this.#pictures.keep(step, picture());
  }

  flush(): Promise<void> {
    return this.#pictures.flush();
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
