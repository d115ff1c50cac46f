/** What a visualisation writes beside its sheet: a film of its steps, and each image on its own. */
import type { RequestOf } from '../../../../shared/methods/request.ts';
import { join, parse as parsePath, resolve as resolvePath } from 'node:path';
import { shortName } from '../../../files/short-name.ts';
import type { Recipe } from '../../../../shared/recipes/recipe.ts';
import { saveImage } from '../../imaging/codec.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import { StepPictures } from '../common/step-pictures.ts';

/** The film of a visualisation: the steps that were asked for, and the last; step 0 is the start. */
export class Film {
  readonly #pictures: StepPictures;
  readonly #steps: ReadonlySet<number>;

  private constructor(pictures: StepPictures, steps: ReadonlySet<number>) {
    this.#pictures = pictures;
    this.#steps = steps;
  }

  /**
   * Makes the folder.
   *
   * @param steps that are wanted; `null` for 0, 1, 2, 4, …: early steps change most
   * @throws ReverieError `output/unwritable`
   */
  static async begin(folder: string, steps: readonly number[] | null, last: number): Promise<Film> {
    return new Film(await StepPictures.in(folder), new Set([...(steps ?? doublings(last)), last]));
  }

  async keep(step: number, picture: () => Pixels): Promise<void> {
    if (this.#steps.has(step)) await this.#pictures.keep(step, picture());
  }

  flush(): Promise<void> {
    return this.#pictures.flush();
  }
}

/** 0, 1, 2, 4, … below `last`. */
function doublings(last: number): number[] {
  const steps = [0];
  for (let step = 1; step < last; step *= 2) steps.push(step);
  return steps;
}

/** Each image as `out-1.png`, …; one that can be repeated on its own says how. */
export async function saveEach(
  images: readonly Pixels[],
  { out }: RequestOf<'visualize'>,
  recipe: Recipe<'visualize'>,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const { dir, name: whole, ext } = parsePath(resolvePath(out));
  const name = shortName(whole, 240);
  const { target, interpolate, diversity } = recipe.settings;
  const alone = interpolate === null && diversity === 1;
  const paths: string[] = [];
  for (const [i, image] of images.entries()) {
    const path = join(dir, `${name}-${i + 1}${ext}`);
    const own = target?.[i];
    const settings = alone && own !== undefined ? { ...recipe.settings, target: [own] } : recipe.settings;
    await saveImage(image, path, { recipe: { ...recipe, settings }, signal });
    paths.push(path);
  }
  return paths;
}
