/** Pictures of libvips: a pipeline of its operations from bytes to bytes, off the thread of JavaScript. */
import { address } from 'koffi';
import type { Libvips, Pointer } from './libvips.ts';
import { libvips } from './libvips.ts';

/** A picture of libvips; most are computed only when their samples are asked for. */
export interface VipsImage {
  readonly pointer: Pointer;
  readonly width: number;
  readonly height: number;
  /** Channels, alpha included. */
  readonly bands: number;
  /** The type of the samples, in libvips' words: uchar, ushort … */
  readonly format: string;
  /** The colour space, in libvips' words: srgb, rgb16, b-w, grey16, cmyk, lab … */
  readonly interpretation: string;
  readonly hasAlpha: boolean;
}

/** VipsBandFormat of 8 and of 16 bits. */
const UCHAR = 0;
const USHORT = 2;

/** By name, as in `vips <operation> --help`; lists are written with spaces between their values. */
export type VipsOptions = Readonly<Record<string, string | number | boolean>>;

/**
 * The pictures of one piece of work, given back at its end by {@link Vips.use}. Its methods are called one after the other:
 * nothing may be on its way when the work ends.
 */
export class Vips {
  readonly #c: Libvips = libvips();
  readonly #releases: (() => void)[] = [];

  /** Does `work`, and frees all it used, whether it fails or not. */
  static async use<T>(work: (vips: Vips) => Promise<T>): Promise<T> {
    const vips = new Vips();
    try {
      return await work(vips);
    } finally {
      for (const release of vips.#releases.reverse()) release();
    }
  }

  /** The class of the loader for these bytes, such as `VipsForeignLoadPngBuffer`. */
  loaderOf(bytes: Uint8Array): string | null {
    const loader = this.#c.findLoadBuffer(address(bytes), bytes.length);
    this.#c.errorClear();
    return loader;
  }

  /** The picture in a file's bytes. @throws Error with libvips' words when the header is damaged. */
  async load(operation: string, bytes: Uint8Array, options: VipsOptions): Promise<VipsImage> {
    const blob = this.#c.blobNew(null, this.#hold(bytes), bytes.length);
    try {
      return await this.#image(operation, { buffer: blob }, options);
    } finally {
      this.#c.areaUnref(blob);
    }
  }

  /** Interleaved samples as a picture: grey or RGB, and an alpha channel where their number is even. */
  async fromSamples(
    samples: Uint8Array | Uint16Array,
    { width, height }: { width: number; height: number },
    bands: 1 | 2 | 3 | 4 = 3,
  ): Promise<VipsImage> {
    const deep = samples instanceof Uint16Array;
    const format = deep ? USHORT : UCHAR;
    const data = this.#hold(samples);
    const pointer = this.#c.imageNewFromMemory(data, samples.byteLength, width, height, bands, format);
    if (pointer === null) throw this.#failure();
    const grey = deep ? 'grey16' : 'b-w';
    const interpretation = bands < 3 ? grey : deep ? 'rgb16' : 'srgb';
    return this.run('copy', this.#own(pointer), { interpretation });
  }

  /** Has a picture that is made of frames below one another show each for so many ms, in a file that can be played. */
  animate(image: VipsImage, ms: number, frames: number): void {
    this.#c.imageSetInts(image.pointer, 'delay', new Int32Array(frames).fill(ms), frames);
  }

  /** Another picture made from one. @throws Error with libvips' words. */
  async run(operation: string, image: VipsImage, options: VipsOptions = {}): Promise<VipsImage> {
    return this.#image(operation, { in: image.pointer }, options);
  }

  /** The same picture with all samples computed, in any order of which it can then be read. */
  async inMemory(image: VipsImage): Promise<VipsImage> {
    const pointer = await this.#c.imageCopyMemory(image.pointer);
    if (pointer === null) throw this.#failure();
    return this.#own(pointer);
  }

  /** A file's bytes. @throws Error with libvips' words when the picture cannot be computed, or does not fit the format. */
  async save(operation: string, image: VipsImage, options: VipsOptions): Promise<Uint8Array> {
    const blob = await this.#perform(operation, { in: image.pointer }, options, 'buffer');
    try {
      const length: [number] = [0];
      const data = this.#c.blobGet(blob, length);
      const bytes = new Uint8Array(length[0]);
      this.#read(data, bytes.length, (read) => read(bytes));
      return bytes;
    } finally {
      this.#c.areaUnref(blob);
    }
  }

  /**
   * Computes the samples, and hands them to `use` in their order, interleaved, in parts of whole rows: one copy of a large
   * picture is enough. @throws Error with libvips' words when the file is damaged.
   */
  async samples(
    image: VipsImage,
    use: (samples: Uint8Array | Uint16Array, firstRow: number) => void,
  ): Promise<void> {
    const size: [number] = [0];
    const data = await this.#c.imageWriteToMemory(image.pointer, size);
    if (data === null) throw this.#failure();
    try {
      const row = size[0] / image.height;
      const rows = Math.min(Math.max(1, Math.floor(PART / row)), image.height);
      const part = new Uint8Array(rows * row);
      this.#read(data, size[0], (read) => {
        for (let first = 0; first < image.height; first += rows) {
          const bytes = part.subarray(0, Math.min(rows, image.height - first) * row);
          read(bytes);
          use(image.format === 'ushort' ? new Uint16Array(part.buffer, 0, bytes.length / 2) : bytes, first);
        }
      });
    } finally {
      this.#c.free(data);
    }
  }

  /** EXIF orientation, 1–8. */
  orientation(image: VipsImage): number {
    return this.#c.imageOrientation(image.pointer);
  }

  /** Whether a file said this about itself, under one of libvips' names. */
  has(image: VipsImage, name: string): boolean {
    return this.#c.imageTypeof(image.pointer, name) !== 0;
  }

  /** A number of a file's header; 0 where there is none. */
  number(image: VipsImage, name: string): number {
    const place: [number] = [0];
    return this.has(image, name) && this.#c.imageGetInt(image.pointer, name, place) === 0 ? place[0] : 0;
  }

  /** A text of a file's header; empty where there is none. */
  text(image: VipsImage, name: string): string {
    const place: [string | null] = [null];
    const found = this.has(image, name) && this.#c.imageGetString(image.pointer, name, place) === 0;
    return found ? (place[0] ?? '') : '';
  }

  async #image(
    operation: string,
    inputs: Readonly<Record<string, Pointer>>,
    options: VipsOptions,
  ): Promise<VipsImage> {
    return this.#own(await this.#perform(operation, inputs, options, 'out'));
  }

  /** An output of an operation; it belongs to the caller. */
  async #perform(
    name: string,
    inputs: Readonly<Record<string, Pointer>>,
    options: VipsOptions,
    output: string,
  ): Promise<Pointer> {
    const c = this.#c;
    const operation = c.operationNew(name);
    if (operation === null) throw this.#failure();
    try {
      const words = Object.entries(options).map(([option, value]) => `${option}=${String(value)}`);
      if (c.setFromString(operation, words.join(',')) !== 0) throw this.#failure();
      for (const [input, pointer] of Object.entries(inputs))
        c.objectSet(operation, input, 'void *', pointer, 'void *', null);
      const built = await c.operationBuild(operation);
      if (built === null) {
        const failure = this.#failure();
        c.unrefOutputs(operation);
        throw failure;
      }
      const place: [Pointer | null] = [null];
      c.objectGet(built, output, '_Out_ void **', place, 'void *', null);
      c.unrefOutputs(built);
      c.objectUnref(built);
      if (place[0] === null) throw new Error(`${name} has no output "${output}"`);
      return place[0];
    } finally {
      c.objectUnref(operation);
    }
  }

  #own(pointer: Pointer): VipsImage {
    const c = this.#c;
    this.#releases.push(() => {
      c.objectUnref(pointer);
    });
    return {
      pointer,
      width: c.imageWidth(pointer),
      height: c.imageHeight(pointer),
      bands: c.imageBands(pointer),
      format: c.enumNick(c.bandFormatType(), c.imageFormat(pointer)),
      interpretation: c.enumNick(c.interpretationType(), c.imageInterpretation(pointer)),
      hasAlpha: c.imageHasAlpha(pointer) !== 0,
    };
  }

  /** The address of memory that pictures read from, which must not be collected before they are freed. */
  #hold(memory: Uint8Array | Uint16Array): Pointer {
    let held: Uint8Array | Uint16Array | undefined = memory;
    this.#releases.push(() => {
      held = undefined;
    });
    return address(held);
  }

  /** Gives a function that copies the next bytes from an address on. */
  #read(data: Pointer, length: number, use: (read: (into: Uint8Array) => void) => void): void {
    const source = this.#c.sourceNewFromMemory(data, length);
    if (source === null) throw this.#failure();
    try {
      use((into) => {
        const count = this.#c.sourceRead(source, into, into.length);
        if (count !== into.length) throw new Error(`libvips gave ${count} bytes of ${into.length}`);
      });
    } finally {
      this.#c.objectUnref(source);
    }
  }

  #failure(): Error {
    const words = this.#c.errorBuffer().split('\n')[0] ?? '';
    this.#c.errorClear();
    return new Error(words);
  }
}

/** Bytes that are copied and converted at a time: few enough to stay in the cache of a core. */
const PART = 2 ** 20;
