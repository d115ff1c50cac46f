/** Which photos of a set excite units of a network most, and where in them. */
import type { Frame } from '../jobs.ts';
import { execution, type Execution } from '../recipes/common.ts';
import { examples, type ExamplesSettings } from '../recipes/examples.ts';
import { parse } from '../recipes/fields.ts';
import { orNull, record, text, texts } from './check.ts';
import type { Executed } from './result.ts';

export interface ExamplesRequest extends Execution {
  /** Paths of photos, and of folders that are searched with all that lies in them. */
  photos: readonly string[];
  settings: ExamplesSettings;
  /** Path of the PNG to write: for each unit a row of crops and a row of their guided backpropagation; or `null`. */
  out: string | null;
  /** Whether the result carries the crops as pictures. */
  pictures: boolean;
}

export interface ExamplesResult extends Executed {
  /** Absolute path of the sheet, or `null`. */
  output: string | null;
  /** How many photos were looked at, and how many of them had been before. */
  photos: number;
  cached: number;
  /** Photos that cannot be read, each with the reason. */
  failed: readonly { path: string; reason: string }[];
  msPerPhoto: number;
  units: readonly UnitExamples[];
}

export interface UnitExamples {
  /** The unit as a target, in the network's own names. */
  target: string;
  /** Of a class that has a name. */
  label: string | null;
  layer: string;
  /** Best first. */
  examples: readonly Example[];
  /** How many photos reach which value: equal steps from `low` to `high`. */
  histogram: { low: number; high: number; counts: readonly number[] };
  /** The channels of the layer before it that feed it most; none where there is no one convolution in between. */
  inputs: readonly Connection[];
}

export interface Connection {
  layer: string;
  channel: number;
  /** Norm of the weights between the two, signed by their sum. */
  weight: number;
}

export interface Example {
  path: string;
  /** The largest value of the unit in this photo. */
  value: number;
  /** Where, on the layer's grid. */
  position: { x: number; y: number };
  /** What the unit sees there, in pixels of the photo; what lies outside it is left out. */
  crop: Rectangle;
  /** The crop, and the guided backpropagation in it, where pictures were asked for. */
  picture?: Frame;
  guided?: Frame;
}

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** @throws usage/option on anything but a complete request */
export function parseExamplesRequest(value: unknown): ExamplesRequest {
  const { photos, settings, out, pictures, ...rest } = record(value, 'examples');
  return {
    photos: texts(photos, 'photos'),
    settings: parse(examples, settings ?? {}),
    out: orNull(out, (path) => text(path, 'out')),
    pictures: pictures === true,
    ...parse(execution, rest),
  };
}
