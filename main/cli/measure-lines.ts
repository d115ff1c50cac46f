/** Measures of explanations over many photos, in lines for people. */
import { basename } from 'node:path';
import { columns } from '../../shared/columns.ts';
import type { MeanMeasures, MeasureSetResult, Spread } from '../../shared/methods/measure-set.ts';
import { measures, type Measure } from '../../shared/recipes/measures.ts';

const NAMES = Object.keys(measures) as Measure[];

export function measureSetLines(result: MeasureSetResult): string[] {
  const { photos, failed, methods, dummies, definitions, report, steps, seconds, runtime, device } = result;
  const rows = [
    ...methods.map(({ method, means }) => rowOf(method, means)),
    ...dummies.map(({ dummy, means }) => rowOf(dummy, means)),
  ];
  return [
    ...(report === null ? [] : [report]),
    `means of ${photos.length} photos with 95 % intervals, on the scale of the score:`,
    ...columns([['map', ...NAMES.map((name) => measures[name].label)], ...rows]),
    ...methods.map(({ method, verdict }) => `${method}: ${verdict}`),
    ...dummies.map(({ dummy, definition }) => `${dummy}: ${definition}, for comparison`),
    ...Object.entries(definitions).map(([name, definition]) => `${name}: ${definition}`),
    ...failed.map(({ path, reason }) => `${basename(path)}: ${reason}`),
    `${steps} passes in ${seconds.toFixed(1)} s on ${runtime} (${device})`,
  ];
}

function rowOf(name: string, means: MeanMeasures): string[] {
  const cells = NAMES.map((measure) => {
    const value = means[measure];
    if (value === null) return 'none';
    return spread('logit' in value ? value.logit : value);
  });
  return [name, ...cells];
}

const spread = ({ mean, interval: [low, high] }: Spread): string =>
  `${mean.toFixed(2)} (${low.toFixed(2)}…${high.toFixed(2)})`;
