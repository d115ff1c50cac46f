/**
 * How a scene moves between two frames: dense optical flow by Farnebäck (2003), computed by OpenCV's build for WebAssembly, which gives
 * the same numbers on every machine. OpenCV is loaded when it is first asked for.
 */
import { createRequire } from 'node:module';
import type { Pixels, Size } from '../../imaging/pixels.ts';

/** For each pixel of one frame, row after row, the step (dx, dy) in pixels to where its content lies in the other. */
export type Flow = Float32Array;

/** The parts of OpenCV that are used; the package's own types describe them loosely. */
interface Mat {
  readonly data: Uint8Array;
  readonly data32F: Float32Array;
  delete(): void;
}
interface OpenCv {
  readonly CV_8UC1: number;
  readonly Mat: new (rows?: number, columns?: number, type?: number) => Mat;
  onRuntimeInitialized?: () => void;
  calcOpticalFlowFarneback(
    from: Mat,
    to: Mat,
    flow: Mat,
    scale: number,
    levels: number,
    window: number,
    iterations: number,
    polyN: number,
    polySigma: number,
    flags: number,
  ): void;
}

/** Each level of the pyramid is half as large as the one below, down to an eighth; means over 15 pixels, three times. */
const PYRAMID = [0.5, 3, 15, 3] as const;
/** Each neighbourhood of 5 pixels is fitted by a polynomial, weighted by a Gaussian of this deviation. */
const POLYNOMIAL = [5, 1.2] as const;

export class OpticalFlow {
  readonly #cv: OpenCv;
  readonly #from: Mat;
  readonly #to: Mat;
  readonly #flow: Mat;

  private constructor(cv: OpenCv, { width, height }: Size) {
    this.#cv = cv;
    this.#from = new cv.Mat(height, width, cv.CV_8UC1);
    this.#to = new cv.Mat(height, width, cv.CV_8UC1);
    this.#flow = new cv.Mat();
  }

  /** For frames of one size. Its memory has to be given back by {@link dispose}. */
  static async of(size: Size): Promise<OpticalFlow> {
    return new OpticalFlow(await (opened ??= openCv()), size);
  }

  /** @param from @param to as {@link greyOf}, of the size that was named */
  between(from: Uint8Array, to: Uint8Array): Flow {
    this.#from.data.set(from);
    this.#to.data.set(to);
    this.#cv.calcOpticalFlowFarneback(this.#from, this.#to, this.#flow, ...PYRAMID, ...POLYNOMIAL, 0);
    return this.#flow.data32F.slice();
  }

  dispose(): void {
    for (const mat of [this.#from, this.#to, this.#flow]) mat.delete();
  }
}

/** Luma (ITU-R BT.601) of a picture, 0 to 255. */
export function greyOf({ width, height, data }: Pixels): Uint8Array {
  const plane = width * height;
  return Uint8Array.from({ length: plane }, (_, i) =>
    Math.round(
      255 * (0.299 * (data[i] ?? 0) + 0.587 * (data[plane + i] ?? 0) + 0.114 * (data[2 * plane + i] ?? 0)),
    ),
  );
}

let opened: Promise<OpenCv> | undefined;

async function openCv(): Promise<OpenCv> {
  // The runtime of its compiler ends a process on anything that nobody has caught; what becomes of this one is its own matter.
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.listeners(event as 'uncaughtException'));
  // Once it has begun, the module looks like a promise of itself, so neither `import` nor `await` may see it.
  const cv = createRequire(import.meta.url)('@techstark/opencv-js') as OpenCv;
  if (!Reflect.has(cv, 'Mat')) await new Promise<void>((resolve) => (cv.onRuntimeInitialized = resolve));
  events.forEach((event, i) => {
    for (const listener of process.listeners(event as 'uncaughtException'))
      if (before[i]?.includes(listener) !== true) process.off(event, listener);
  });
  return withoutThen(cv);
}

/** A promise of a module that looks like a promise of itself would never come. */
function withoutThen(cv: OpenCv): OpenCv {
  Reflect.deleteProperty(cv, 'then');
  return cv;
}
