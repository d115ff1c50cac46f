/** The figures of the attacks as tables in Markdown, which docs/attacks.md keeps. */
import { cpus, totalmem } from 'node:os';
import type { AttackReport, AttackRow } from './attacks.ts';

/** The machine that the figures belong to. */
export function machine(): string {
  const [cpu] = cpus();
  return `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
}

export function attackTables({ rows, transfers, overhead }: AttackReport): string[] {
  return [
    `Measured on: ${machine()}.`,
    '',
    ...markdown(
      ['network', 'attack', 'fooled', 'median L2', 'median L∞', 'median relative L2', 'before rounding'],
      rows.map(cellsOf),
    ),
    ...transfers.flatMap(({ attack, result: { transfer } }) =>
      transfer === null
        ? []
        : [
            '',
            `${attack}: made against the row, seen by the column.`,
            '',
            ...markdown(
              ['', ...transfer.models],
              transfer.models.map((model, i) => [
                model,
                ...transfer.models.map((_, j) =>
                  share(transfer.fooled[i]?.[j] ?? 0, transfer.counted[i]?.[j] ?? 0),
                ),
              ]),
            ),
          ],
    ),
    '',
    ...markdown(
      ['network', 'ten engine steps, processor time', 'PGD, ten steps', 'ratio'],
      overhead.map(({ model, side, msEngine, msAttack, ratio }) => [
        `${model}, ${side} px`,
        `${msEngine.toFixed(0)} ms`,
        `${msAttack.toFixed(0)} ms`,
        ratio.toFixed(3),
      ]),
    ),
  ];
}

/** Of attacks on black boxes and after transforms. */
export function slowAttackTable(rows: readonly AttackRow[]): string[] {
  return [
    `Measured on: ${machine()}.`,
    '',
    ...markdown(
      ['network', 'attack', 'fooled', 'mean queries', 'median queries', 'fresh views', 'of the untouched'],
      rows.map(({ model, attack, result: { fooled, counted, queries, rows: pictures } }) => {
        const views = pictures.flatMap((row) => (row.views === null ? [] : [row.views]));
        const count = views.reduce((sum, view) => sum + view.count, 0);
        const hits = (of: 'fooled' | 'untouched'): string =>
          share(
            views.reduce((sum, view) => sum + view[of], 0),
            count,
          );
        return [
          model,
          attack,
          share(fooled, counted),
          ...(queries === null ? ['–', '–'] : [queries.mean.toFixed(0), queries.median.toFixed(0)]),
          hits('fooled'),
          hits('untouched'),
        ];
      }),
    ),
    ...substituteTable(rows),
  ];
}

/** How well surrogates came to agree, and how many results transferred without the search by labels. */
function substituteTable(rows: readonly AttackRow[]): string[] {
  const lines = rows.flatMap(({ model, attack, result }) => {
    const stood = result.rows.flatMap(({ substitute, success }) =>
      substitute === null ? [] : [{ ...substitute, success }],
    );
    if (stood.length === 0) return [];
    const agreed = (at: (chosen: number) => number): string => {
      const parts = stood.map(({ agreement, chosen }) => agreement[at(chosen)]);
      const sum = (of: 'agreed' | 'of'): number =>
        parts.reduce((total, part) => total + (part?.[of] ?? 0), 0);
      return share(sum('agreed'), sum('of'));
    };
    const carried = stood.filter((one) => one.carried && one.success).length;
    return [[model, attack, share(carried, stood.length), agreed(() => 0), agreed((chosen) => chosen)]];
  });
  if (lines.length === 0) return [];
  const head = [
    'network',
    'attack',
    'fooled without a search',
    'agreement before training',
    'as it was attacked',
  ];
  return ['', ...markdown(head, lines)];
}

function cellsOf({ model, attack, result: { fooled, counted, median } }: AttackRow): string[] {
  const norms =
    median === null
      ? ['–', '–', '–', '–']
      : [
          median.l2.toFixed(1),
          String(median.linf),
          median.relativeL2.toExponential(2),
          median.unrounded.toExponential(2),
        ];
  return [model, attack, share(fooled, counted), ...norms];
}

export const share = (hits: number, of: number): string =>
  of === 0 ? '–' : `${hits}/${of} (${((100 * hits) / of).toFixed(1)} %)`;

export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
