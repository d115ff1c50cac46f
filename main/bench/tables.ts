/** The report of `npm run bench` for people. */
import { columns } from '../../shared/columns.ts';
import type { ColdRow } from './cold.ts';
import type { DreamRow } from './dream.ts';
import type { EfficiencyRow, Report } from './run.ts';
import type { VisualizeRow } from './visualize.ts';
import { windowRows, type WindowFigures } from './window.ts';

export function tables(
  { gemmGflops, networks, dream, large, print, visualize, cold }: Report,
  window: WindowFigures | null,
): string[] {
  const dreams = [dream, large, print].filter((row) => row !== null);
  return [
    ...(networks.length === 0 ? [] : [networkTable(gemmGflops, networks)]),
    ...(dreams.length === 0 ? [] : [dreamTable(dreams)]),
    ...(visualize.length === 0 ? [] : [visualizeTable(visualize)]),
    ...(cold === null ? [] : [coldTable(cold)]),
    ...(window === null
      ? []
      : [columns([['the window, when npm test last ran', ''], ...windowRows(window)])]),
  ].flatMap((table, i) => (i === 0 ? table : ['', ...table]));
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function networkTable(gemmGflops: number, rows: readonly EfficiencyRow[]): string[] {
  return [
    `Matrix products reach ${gemmGflops.toFixed(0)} GFLOP/s. A step is a forward pass with the gradient of the picture; times are the fastest of many runs, all in turns.`,
    '',
    ...columns([
      ['network', 'size', 'layer', 'forward', 'step', 'step / forward', 'useful', 'of products'],
      ...rows.map(({ name, size, layer, msForward, msStep, usefulGflops, efficiency }) => [
        name,
        `${size} px`,
        layer,
        `${msForward.toFixed(1)} ms`,
        `${msStep.toFixed(1)} ms`,
        (msStep / msForward).toFixed(1),
        `${usefulGflops.toFixed(0)} GFLOP/s`,
        `${(100 * efficiency).toFixed(0)} %`,
      ]),
    ]),
  ];
}

function dreamTable(rows: readonly DreamRow[]): string[] {
  return columns([
    ['dream', 'steps', 'time', 'in the network', 'beside it', 'peak memory'],
    ...rows.map(({ model, width, height, steps, seconds, engineSeconds, overhead, peakRssMiB }) => [
      `${model} ${width}×${height}`,
      String(steps),
      `${seconds.toFixed(1)} s`,
      `${engineSeconds.toFixed(1)} s`,
      percent(overhead),
      `${peakRssMiB.toFixed(0)} MiB`,
    ]),
  ]);
}

function visualizeTable(rows: readonly VisualizeRow[]): string[] {
  return columns([
    ['images from noise', 'size', 'at a time', 'step', 'beside the network'],
    ...rows.map(({ model, size, images, msPerStep, overhead }) => [
      model,
      `${size} px`,
      String(images),
      `${msPerStep.toFixed(1)} ms`,
      percent(overhead),
    ]),
  ]);
}

const coldTable = ({ width, height, msToFirstChange, msToEnd }: ColdRow): string[] =>
  columns([
    [`reverie dream, ${width}×${height}`, ''],
    ['from the command to the first changed picture', `${msToFirstChange.toFixed(0)} ms`],
    ['to the end', `${msToEnd.toFixed(0)} ms`],
  ]);
