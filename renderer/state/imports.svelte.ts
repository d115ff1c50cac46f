/** Files on their way into the studio: however many are dropped, each is taken or refused with a reason. */
import { errorData } from '../../shared/errors.ts';
import { isNetworkName } from '../../shared/networks.ts';
import type { Imported } from '../../shared/studio/gallery.ts';
import type { Studio } from '../../shared/studio/contract.ts';
import type { Host } from '../host/host.ts';

/** Uploads at a time; decoding is the studio's own business. */
const AT_ONCE = 3;

/** What is given beside a network and is none of these belongs to it, whatever it is called; folders have no extension. */
const PICTURE = /\.(jpe|jpe?g|jfif|png|webp|tiff?|avif|gif|hei[cf]|bmp|svg)$|^[^.]+$/i;

interface Refusal {
  readonly name: string;
  readonly reason: string;
}

/** The part of a host that takes files. */
interface Taker extends Pick<Host, 'offer'> {
  readonly studio: Pick<Studio, 'importFiles'>;
}

export class Imports {
  /** Of all that were given since the last time nothing was under way. */
  total = $state(0);
  finished = $state(0);
  refused = $state.raw<readonly Refusal[]>([]);
  readonly #host: Taker;
  readonly #waiting: { files: readonly File[]; done: (imported: readonly Imported[]) => void }[] = [];
  #workers = 0;

  constructor(host: Taker) {
    this.#host = host;
  }

  get busy(): boolean {
    return this.finished < this.total;
  }

  forgetRefusals(): void {
    this.refused = [];
  }

  /** Takes files in; what was imported, in the order given. Refusals are kept in `refused` and never thrown. */
  async add(files: readonly File[]): Promise<readonly Imported[]> {
    if (!this.busy) this.total = this.finished = 0;
    this.total += files.length;
    const batches = await Promise.all(batchesOf(files).map((batch) => this.#enqueue(batch)));
    return batches.flat();
  }

  /** Files that have been handed over already. */
  async take(offers: readonly string[]): Promise<readonly Imported[]> {
    try {
      return await this.#import(offers);
    } catch (error) {
      this.refuse('The files', errorData(error).message);
      return [];
    }
  }

  #enqueue(files: readonly File[]): Promise<readonly Imported[]> {
    return new Promise((done) => {
      this.#waiting.push({ files, done });
      if (this.#workers < AT_ONCE) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#workers += 1;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      next.done(await this.#hand(next.files));
      this.finished += next.files.length;
    }
    this.#workers -= 1;
  }

  async #hand(files: readonly File[]): Promise<readonly Imported[]> {
    try {
      const offers: string[] = [];
      for (const file of files) offers.push(await this.#host.offer(file));
      return await this.#import(offers);
    } catch (error) {
      this.refuse(files.map(({ name }) => name).join(', '), errorData(error).message);
      return [];
    }
  }

  async #import(offers: readonly string[]): Promise<readonly Imported[]> {
    const imported = await this.#host.studio.importFiles({ offers });
    for (const item of imported) if (item.kind === 'refused') this.refuse(item.name, item.error.message);
    return imported;
  }

  refuse(name: string, reason: string): void {
    this.refused = [...this.refused, { name, reason }];
  }
}

/** Pictures one by one, so that the first is there at once; everything of one network together. */
export function batchesOf(files: readonly File[]): readonly (readonly File[])[] {
  const each = (some: readonly File[]): readonly File[][] => some.map((file) => [file]);
  if (!files.some(({ name }) => isNetworkName(name))) return each(files);
  const isPicture = ({ name }: File): boolean => PICTURE.test(name);
  return [...each(files.filter(isPicture)), files.filter((file) => !isPicture(file))];
}
