/** The figures of the selectivity of optimised images as tables. */
import { columns } from '../../shared/columns.ts';
import type { SelectivityReport } from './selectivity.ts';

export function selectivityTables({ photos, channels, classes, times }: SelectivityReport): string[] {
  const layers = [...new Set(channels.map(({ layer }) => layer))];
  const rowOf = (name: string, rows: typeof channels): string[] => [
    name,
    String(rows.length),
    share(rows, ({ image, photo }) => image > photo),
    share(rows, ({ disturbed, photo }) => disturbed > photo),
    median(rows.map(({ image, photo }) => image / photo)),
    median(rows.map(({ disturbed, photo }) => disturbed / photo)),
  ];
  const beside = ({ seconds, engineSeconds }: { seconds: number; engineSeconds: number }): string =>
    `${((100 * (seconds - engineSeconds)) / engineSeconds).toFixed(0)} %`;
  return [
    `Channels drawn at random, at the default settings, against ${photos} photos. "Disturbed": moved by 4 px, turned by 5°, JPEG at quality 80.`,
    '',
    ...columns([
      ['layer', 'channels', 'above every photo', 'disturbed', 'times the best photo (median)', 'disturbed'],
      ...layers.map((name) =>
        rowOf(
          name,
          channels.filter(({ layer }) => layer === name),
        ),
      ),
      rowOf('all', channels),
    ]),
    '',
    `Classes drawn at random that the network itself names first: ${share(classes, ({ right }) => right)}.`,
    ...classes
      .filter(({ right }) => !right)
      .map(({ index, label, named }) => `  ${index}, ${label ?? ''}: taken for ${named}`),
    '',
    ...columns([
      ['inception_4c/output', 'time', 'in the network', 'beside it'],
      [
        'one image',
        `${times.one.seconds.toFixed(1)} s`,
        `${times.one.engineSeconds.toFixed(1)} s`,
        beside(times.one),
      ],
      [
        'four together',
        `${times.four.seconds.toFixed(1)} s`,
        `${times.four.engineSeconds.toFixed(1)} s`,
        beside(times.four),
      ],
    ]),
    `Four together take ${(times.four.seconds / times.one.seconds).toFixed(2)} times as long as one.`,
  ];
}

function share<T>(rows: readonly T[], holds: (row: T) => boolean): string {
  const count = rows.filter(holds).length;
  return `${count} of ${rows.length} (${((100 * count) / Math.max(rows.length, 1)).toFixed(0)} %)`;
}

function median(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[sorted.length >> 1] ?? NaN).toFixed(1);
}
