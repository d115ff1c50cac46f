/** Which photos of a set excite units of a network most, and where in them. */
import type { Executed, PassedOver } from '../contract/result.ts';
import type { Frame } from '../jobs.ts';
import { examples as settings } from '../recipes/examples.ts';
import { picture, type Method } from './method.ts';

export interface ExamplesResult extends Executed {
  /** Absolute path of the sheet, or `null`. */
  output: string | null;
  /** How many photos were looked at, and how many of them had been before. */
  photos: number;
  cached: number;
  /** Photos that cannot be read, each with the reason. */
  failed: readonly PassedOver[];
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

export const examples = {
  settings,
  /** Photos, and folders that are searched with all that lies in them. */
  inputs: { photos: 'files' },
  out: {
    when: 'optional',
    field: picture(
      'The PNG to write: for each unit a row of crops, and a row of what in them excites it',
      'none',
    ),
  },
  outputs: {},
  recipe: false,
  command: {
    usage: '<folder>',
    positionals: { min: 1, max: 1000 },
    summary: 'Find the photos that excite a unit most, and where in them',
    notes: [
      'What was learned of a photo is kept: asking for another unit of the same layer takes no time, and a scan that was interrupted goes on.',
    ],
    heading: 'Examples',
  },
  resumes: { from: 'kept parts' },
  shrinks: false,
  words: { noun: 'scan', title: 'Examples', running: 'Looking at photos', again: null },
} as const satisfies Method;
