/** What was made of many pictures or targets: a table, then what could not be made. */
import { columns } from '../../shared/columns.ts';
import type { SetResult, SetRow } from '../../shared/methods/sets.ts';

export function setLines(result: SetResult): string[] {
  const { rows, failed, made, units, shard, seconds, msPerStep, runtime, device, output } = result;
  const part = shard === null ? '' : ` in shard ${shard} of ${units} in all`;
  return [
    ...columns(rows.map(cells)),
    ...failed.map(({ path, reason }) => (reason.includes(path) ? reason : `${path}: ${reason}`)),
    `${rows.length} done${part}, ${made} of them now${failed.length === 0 ? '' : `, ${failed.length} passed over`}`,
    `${seconds.toFixed(1)} s, ${(msPerStep / 1000).toFixed(1)} s each on ${runtime} (${device})`,
    output,
  ];
}

function cells({ unit, objective, target, classes = [], methods = [] }: SetRow): string[] {
  const [likeliest] = classes;
  const grown =
    objective === undefined ? [] : [`${objective.first.toPrecision(4)} → ${objective.last.toPrecision(4)}`];
  const seen =
    likeliest === undefined
      ? []
      : [
          likeliest.label ?? `class ${likeliest.index}`,
          `${(100 * likeliest.probability).toFixed(1).padStart(5)} %`,
        ];
  const explained =
    target === undefined ? [] : [`${target.label ?? target.text} ${target.score.toPrecision(4)}`];
  return [unit, ...grown, ...seen, ...explained, ...methods.flatMap(({ verdict = [] }) => verdict)];
}
