/** Every channel of a layer made visible. What was made is kept, so that an atlas can be stopped and goes on later. */
import type { Executed } from '../contract/result.ts';
import { atlas as settings, type AtlasSettings } from '../recipes/atlas.ts';
import { sharding } from '../units.ts';
import { picture, type Method } from './method.ts';

export interface AtlasPage {
  layer: string;
  channels: number;
  /** Absolute path of the folder where the images are, as `11.png`. */
  folder: string;
  /** Channels that can be seen, ascending. */
  done: readonly number[];
  /** Channels that nothing excites: no gradient reaches the picture from them. */
  silent: readonly number[];
}

export interface AtlasResult extends Executed, AtlasPage {
  /** Absolute path of the sheet, or `null`. */
  output: string | null;
  /** Channels that were made now; the others were there. */
  made: number;
  msPerChannel: number;
}

export const atlas = {
  settings,
  inputs: {},
  out: {
    when: 'optional',
    field: picture(
      'The PNG to write: all channels on one sheet; or a folder for an image of each channel and the sheet',
      'none; the images are kept for the studio',
    ),
  },
  outputs: sharding,
  recipe: false,
  command: {
    usage: '',
    positionals: { min: 0, max: 0 },
    summary: 'Make every channel of a layer visible',
    notes: ['What was made is kept: an atlas that was interrupted goes on where it stopped.'],
    heading: 'Atlas',
  },
  resumes: { from: 'kept parts' },
  shrinks: false,
  subject: ({ layer }: AtlasSettings) => (layer === null ? [] : [layer]),
  job: { keepsSteps: false, keeps: () => ({}) },
  words: { noun: 'atlas', title: 'Atlas', running: 'Making an atlas', again: null },
} as const satisfies Method;
