/** Makes the size of a gradient step independent of the network: the published ways, each in place. */
import type { Pixels } from '../imaging/pixels.ts';
import { pixelsFrom } from '../imaging/pixels.ts';
import { resize } from '../imaging/resample.ts';

export type Normaliser = 'mean' | 'deviation' | 'laplacian';

/** Keeps a division finite where a gradient vanishes. */
const EPSILON = 1e-10;

/** g / mean|g| (google/deepdream): with a rate of r the mean absolute change is r. */
function byMean({ data }: Pixels): void {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += Math.abs(data[i] ?? 0);
  scaleBy(data, data.length / (sum + EPSILON));
}

/** g / std(g), as TensorFlow's tutorials do. */
function byDeviation({ data }: Pixels): void {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? 0;
    sum += value;
    squares += value * value;
  }
  const mean = sum / data.length;
  scaleBy(data, 1 / (Math.sqrt(Math.max(squares / data.length - mean * mean, 0)) + EPSILON));
}

/**
 * Every band of a Laplacian pyramid divided by its root mean square (TensorFlow's Deep Dream tutorial, 4 splits), so that
 * coarse shapes grow as fast as fine ones; then as {@link byMean}, so that the rate means the same.
 */
function byBand(gradient: Pixels): void {
  const bands: Pixels[] = [];
  let rest: Pixels = gradient;
  for (let level = 0; level < 4 && Math.min(rest.width, rest.height) >= 4; level++) {
    const low = resize(rest, Math.ceil(rest.width / 2), Math.ceil(rest.height / 2), 'linear');
    const raised = resize(low, rest.width, rest.height, 'linear');
    const high = new Float32Array(rest.data.length);
    for (let i = 0; i < high.length; i++) high[i] = (rest.data[i] ?? 0) - (raised.data[i] ?? 0);
    bands.push(pixelsFrom(rest.width, rest.height, high));
    rest = low;
  }
  let merged = pixelsFrom(rest.width, rest.height, unitRms(rest.data.slice()));
  for (const { width, height, data } of bands.toReversed()) {
    const raised = resize(merged, width, height, 'linear');
    unitRms(data);
    for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) + (raised.data[i] ?? 0);
    merged = pixelsFrom(width, height, data);
  }
  gradient.data.set(merged.data);
  byMean(gradient);
}

function unitRms(data: Float32Array): Float32Array {
  let squares = 0;
  for (let i = 0; i < data.length; i++) squares += (data[i] ?? 0) ** 2;
  scaleBy(data, 1 / Math.max(Math.sqrt(squares / data.length), EPSILON));
  return data;
}

function scaleBy(data: Float32Array, factor: number): void {
  for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) * factor;
}

/** Normalises a gradient in place. */
export function normalise(gradient: Pixels, by: Normaliser): void {
  if (by === 'mean') byMean(gradient);
  else if (by === 'deviation') byDeviation(gradient);
  else byBand(gradient);
}
