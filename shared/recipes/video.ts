/**
 * The settings of a dreamed video: what was dreamed on a frame is carried along with the motion into the next, and a few steps are
 * dreamed on it there.
 */
import { seed } from './common.ts';
import { dream } from './dream.ts';
import type { Fields, SettingsOf } from './fields.ts';
import { film, FILM_LONGER_SIDE } from './film.ts';

export const video = {
  layers: dream.layers,
  rate: { ...dream.rate, default: 1 },
  steps: {
    kind: 'integer',
    label: 'Steps',
    help: 'Gradient steps on each frame, in each octave',
    default: 1,
    min: 1,
    max: 200,
  },
  octaves: {
    ...dream.octaves,
    help: 'How many sizes each frame is dreamed on, from small to full',
    default: 3,
  },
  octaveScale: dream.octaveScale,
  blend: {
    kind: 'number',
    label: 'Persistence',
    help: 'How much of the dream of a frame stays in the next: more is calmer and stronger',
    default: 0.9,
    min: 0,
    max: 0.98,
    step: 0.01,
  },
  fps: {
    kind: 'number',
    label: 'Frames a second',
    help: 'How fast the film plays; a video is read at that rate',
    default: null,
    auto: "the video's own; 25 for a folder of pictures",
    min: 1,
    max: 120,
    step: 1,
  },
  segment: film.segment,
  overlap: {
    ...film.overlap,
    help: 'Over so many frames one segment flows into the next; before it a segment is warmed up by as many',
  },
  normalise: dream.normalise,
  jitter: dream.jitter,
  tile: dream.tile,
  size: { ...dream.size, auto: `the video's own, at most ${FILM_LONGER_SIDE}` },
  seed,
} as const satisfies Fields;

export type VideoSettings = SettingsOf<typeof video>;
