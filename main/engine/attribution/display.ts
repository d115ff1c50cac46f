/**
 * Maps as pictures. Each is scaled by a high percentile of its own sizes, so that a few extreme pixels do not leave the rest
 * in the dark; a map of zeros stays neutral.
 */
import { createPixels, type Pixels } from '../imaging/pixels.ts';
import { summed, type AttributionMap } from './map.ts';

/**
 * `magnitude`: Σ|·| over the colours, black to white; `signed`: Σ over the colours, blue below zero and red above;
 * `colour`: each colour for itself around mid-grey; `heat`: what is not negative, from black over red to yellow.
 */
export type Display = 'magnitude' | 'signed' | 'colour' | 'heat';

/** What counts as full size (the PAIR saliency library clips at the same one). */
const PERCENTILE = 99;

type Colour = readonly [number, number, number];

/** Piecewise linear in sRGB, equally spaced, darkest to brightest in even steps of lightness. */
const HEAT: readonly Colour[] = [
  [0, 0, 0],
  [0.29, 0.05, 0.38],
  [0.71, 0.15, 0.31],
  [0.95, 0.5, 0.1],
  [0.99, 0.98, 0.7],
];

/** From −1 over 0 to 1. */
const DIVERGING: readonly Colour[] = [
  [0.06, 0.22, 0.55],
  [0.35, 0.6, 0.87],
  [0.97, 0.97, 0.97],
  [0.93, 0.5, 0.38],
  [0.6, 0.04, 0.12],
];

/** The map as a picture of its size. */
export function render(map: AttributionMap, display: Display): Pixels {
  const { width, height } = map;
  if (display === 'colour') return aroundGrey(map);
  const plane = summed(map, display === 'signed' ? 'signed' : 'magnitude');
  // A heat map is smooth and has no outliers: its maximum is its full size.
  const full = percentileOfSizes(plane, display === 'heat' ? 100 : PERCENTILE);
  const result = createPixels(width, height);
  plane.forEach((value, i) => {
    const x = full === 0 ? 0 : value / full;
    const colour = colourOf(x, display);
    for (let c = 0; c < 3; c++) result.data[c * width * height + i] = colour[c] ?? 0;
  });
  return result;
}

/** `picture` with `map` over it: 0 shows the picture alone, 1 the map alone. */
export function overlay(picture: Pixels, map: Pixels, opacity: number): Pixels {
  if (picture.width !== map.width || picture.height !== map.height)
    throw new RangeError('a map can only be laid over a picture of its own size');
  const data = map.data.map((value, i) => (1 - opacity) * (picture.data[i] ?? 0) + opacity * value);
  return { ...map, data };
}

/** The value below which `percent` of the sizes |v| lie, interpolated as numpy does. */
export function percentileOfSizes(values: Float32Array, percent: number): number {
  const sizes = values.map(Math.abs).sort();
  const at = ((sizes.length - 1) * percent) / 100;
  const low = sizes[Math.floor(at)] ?? 0;
  const high = sizes[Math.ceil(at)] ?? 0;
  return low + (at - Math.floor(at)) * (high - low);
}

/** ½ + ½·v/full: the way gradients of guided backpropagation are published. */
function aroundGrey({ channels, width, height, data }: AttributionMap): Pixels {
  const plane = width * height;
  const full = percentileOfSizes(data, PERCENTILE);
  const result = createPixels(width, height, 0.5);
  if (full === 0) return result;
  result.data.forEach((_, i) => {
    const value = data[channels === 1 ? i % plane : i] ?? 0;
    result.data[i] = Math.min(Math.max(0.5 + value / (2 * full), 0), 1);
  });
  return result;
}

function colourOf(x: number, display: Display): Colour {
  if (display === 'signed') return along(DIVERGING, (x + 1) / 2);
  if (display === 'heat') return along(HEAT, x);
  const grey = Math.min(Math.max(x, 0), 1);
  return [grey, grey, grey];
}

/** The colour at 0 ≤ t ≤ 1 of a scale. */
function along(scale: readonly Colour[], t: number): Colour {
  const at = Math.min(Math.max(t, 0), 1) * (scale.length - 1);
  const index = Math.min(Math.floor(at), scale.length - 2);
  const [from, to] = [scale[index], scale[index + 1]];
  if (from === undefined || to === undefined) throw new Error('A scale needs two colours.');
  const mix = (c: 0 | 1 | 2): number => from[c] + (at - index) * (to[c] - from[c]);
  return [mix(0), mix(1), mix(2)];
}
