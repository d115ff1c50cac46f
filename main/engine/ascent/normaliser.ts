/** Makes the size of a gradient step independent of the network: the published ways, each in place. */
import type { Pixels } from '../imaging/pixels.ts';
import { putTogether, takeApart } from './pyramid.ts';

/** `mean`: g/mean|g|; `deviation`: g/std(g); `laplacian`: every band of its pyramid by its own size. */
export type Normaliser = 'mean' | 'deviation' | 'laplacian';

/** Keeps a division finite where a gradient vanishes. */
const EPSILON = 1e-10;

/** Splits of the pyramid (TensorFlow's Deep Dream tutorial). */
const LEVELS = 4;

/** g / mean|g| (google/deepdream): with a rate of r the mean absolute change is r. */
function byMean(data: Float32Array): void {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += Math.abs(data[i] ?? 0);
  scaleBy(data, data.length / (sum + EPSILON));
}

/** g / std(g), as TensorFlow's tutorials do. */
function byDeviation(data: Float32Array): void {
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
 * Every band divided by its root mean square, so that coarse shapes grow as fast as fine ones (TensorFlow's tutorial); then
 * as {@link byMean}, so that a rate means the same with every normaliser.
 */
function byBand(gradient: Pixels): void {
  const pyramid = takeApart(gradient, LEVELS);
  for (const { data } of [...pyramid.bands, pyramid.rest]) {
    let squares = 0;
    for (let i = 0; i < data.length; i++) squares += (data[i] ?? 0) ** 2;
    scaleBy(data, 1 / Math.max(Math.sqrt(squares / data.length), EPSILON));
  }
  byMean(putTogether(pyramid).data);
}

function scaleBy(data: Float32Array, factor: number): void {
  for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) * factor;
}

/** Normalises a gradient in place. */
export function normalise(gradient: Pixels, by: Normaliser): void {
  if (by === 'mean') byMean(gradient.data);
  else if (by === 'deviation') byDeviation(gradient.data);
  else byBand(gradient);
}
