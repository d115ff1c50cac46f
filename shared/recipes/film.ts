/**
 * The settings of a zoom film: each frame is the one before, moved a little and dreamed on. 1.04 a frame is what zoom films usually
 * take at 25 to 30 frames a second; the original notebook (google/deepdream) took 1.05.
 */
import { seed } from './common.ts';
import { dream } from './dream.ts';
import type { Fields, SettingsOf } from './fields.ts';
import { LONGEST_FILM } from './keyframes.ts';

/** The longer side, in pixels, to which a film is brought when no size is asked for. Smaller pictures keep theirs. */
export const FILM_LONGER_SIDE = 512;

/** The longer side of a film, in pixels. @param asked for; `null` for automatic */
export const filmSide = (
  { width, height }: { readonly width: number; readonly height: number },
  asked: number | null,
): number => asked ?? Math.min(Math.max(width, height), FILM_LONGER_SIDE);

/** What can change on the way, by key frames. */
const keyed = {
  zoom: {
    kind: 'number',
    label: 'Zoom',
    help: 'How much larger everything is from frame to frame; less than 1 moves away',
    default: 1.04,
    min: 0.8,
    max: 1.25,
    step: 0.005,
  },
  rotate: {
    kind: 'number',
    label: 'Rotation',
    help: 'How far the picture turns clockwise from frame to frame',
    unit: 'degrees',
    default: 0,
    min: -15,
    max: 15,
    step: 0.1,
  },
  panX: {
    kind: 'number',
    label: 'To the right',
    help: "How far the view moves to the right from frame to frame, in per cent of the picture's longer side",
    unit: '%',
    default: 0,
    min: -10,
    max: 10,
    step: 0.1,
    advanced: true,
  },
  panY: {
    kind: 'number',
    label: 'Downwards',
    help: "How far the view moves down from frame to frame, in per cent of the picture's longer side",
    unit: '%',
    default: 0,
    min: -10,
    max: 10,
    step: 0.1,
    advanced: true,
  },
  rate: { ...dream.rate, default: 2 },
  layers: dream.layers,
} as const satisfies Fields;

export const film = {
  frames: {
    kind: 'integer',
    label: 'Frames',
    help: 'How many frames the film has; the first is the picture itself',
    default: 250,
    min: 2,
    max: LONGEST_FILM,
  },
  fps: {
    kind: 'integer',
    label: 'Frames a second',
    help: 'How fast the film plays',
    default: 25,
    min: 1,
    max: 120,
  },
  ...keyed,
  steps: {
    kind: 'integer',
    label: 'Steps',
    help: 'Gradient steps on each frame, in each octave',
    default: 2,
    min: 1,
    max: 200,
  },
  octaves: {
    ...dream.octaves,
    help: 'How many sizes each frame is dreamed on, from small to full',
    default: 2,
  },
  octaveScale: dream.octaveScale,
  keys: {
    kind: 'keys',
    label: 'Key frames',
    help: 'What changes on the way, eased: "1 zoom=1.04; 60 zoom=1 rotate=2", or a JSON file with such entries',
    default: null,
    auto: 'none',
    of: keyed,
  },
  loop: {
    kind: 'boolean',
    label: 'Loop',
    help: 'Let the last frame meet the first, so that the film can be played without an end',
    default: false,
  },
  segment: {
    kind: 'integer',
    label: 'Segment',
    help: 'Cut the film into parts of so many frames that do not depend on each other',
    unit: 'frames',
    default: null,
    auto: 'the whole film is one',
    min: 2,
    max: LONGEST_FILM,
    advanced: true,
  },
  overlap: {
    kind: 'integer',
    label: 'Overlap',
    help: 'Over so many frames one segment, and the end of a loop, flow into the next; before it a segment is warmed up by as many',
    unit: 'frames',
    default: 12,
    min: 0,
    max: 500,
    advanced: true,
  },
  normalise: dream.normalise,
  jitter: dream.jitter,
  tile: dream.tile,
  size: { ...dream.size, auto: `the picture's own, at most ${FILM_LONGER_SIDE}` },
  seed,
} as const satisfies Fields;

export type FilmSettings = SettingsOf<typeof film>;
