/** What the page and the film's worker say to each other. */
import type { VideoCodec } from 'mediabunny';
import type { FilmFormat } from './codecs.ts';

export interface FilmOrder {
  readonly format: FilmFormat;
  readonly codec: VideoCodec;
  readonly width: number;
  readonly height: number;
  /** In order; an address may come more than once. */
  readonly frames: readonly { readonly address: string; readonly at: number; readonly duration: number }[];
}

export type FilmNews =
  | { kind: 'frame'; done: number; of: number }
  | { kind: 'done'; bytes: ArrayBuffer; type: string }
  | { kind: 'failed'; message: string };
