/** The pictures of a job's steps, as files of one folder: `0001.png`, and so on. */
import { join } from 'node:path';
import { flushFiles, makeFolder } from '../../../files/whole-file.ts';
import { saveImage } from '../../imaging/codec.ts';
import type { Pixels } from '../../imaging/pixels.ts';

export class StepPictures {
  readonly #folder: string;
  #unflushed: string[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the folder. @throws ReverieError `output/unwritable` */
  static async in(folder: string): Promise<StepPictures> {
    await makeFolder(folder);
    return new StepPictures(folder);
  }

  /** Writes the picture after a step; it is there at once, and on the disk after {@link flush}. */
  async keep(step: number, picture: Pixels): Promise<void> {
    const path = join(this.#folder, `${String(step).padStart(4, '0')}.png`);
    await saveImage(picture, path, { flush: false });
    this.#unflushed.push(path);
  }

  /** Before a checkpoint, so that no step before it lacks its picture; later steps are computed again. */
  async flush(): Promise<void> {
    await flushFiles(this.#unflushed.splice(0));
  }
}
