/** What a job's picture is called in the gallery, and its steps elsewhere. */
import { tidyName } from '../gallery/file-names.ts';
import type { RunRecord } from './run-record.ts';

/** `cat-dream.png` for a dream of `cat.jpg`, `channel-mixed4c-11.png` for a visualisation. */
export function resultName(run: RunRecord): string {
  return run.order.method === 'visualize' ? `${stemOf(run)}.png` : `${stemOf(run)}-${run.order.method}.png`;
}

/** What a job's files are called by: its picture, or what it makes visible. */
export function stemOf({ order, inputs }: RunRecord): string {
  if (order.method !== 'visualize') return tidyName(inputs['source'] ?? '').stem;
  return tidyName(`${order.settings.target?.[0] ?? 'unit'}.png`).stem;
}
