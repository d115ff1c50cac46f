/** What an attack has found, in lines for people. */
import { basename } from 'node:path';
import { columns } from '../../shared/columns.ts';
import type {
  AttackResult,
  AttackSetResult,
  AttackSetRow,
  BeforeAfter,
  RobustAccuracy,
  SurrogateReport,
  Verdict,
  ViewShare,
} from '../../shared/methods/attack.ts';
import type { ClassProbability } from '../../shared/contract/result.ts';
import { attack, type AttackSettings } from '../../shared/recipes/attack.ts';
import { formatValue } from '../../shared/recipes/kinds.ts';

export function attackLines(result: AttackResult): string[] {
  const {
    output,
    goal,
    classes,
    epsilon,
    unrounded,
    lossless,
    perturbation,
    transfer,
    queries,
    substitute,
    views,
    patch,
    brokenBy,
  } = result;
  const wanted = `${goal.kind === 'targeted' ? 'to be seen as' : 'no longer to be seen as'} ${nameOf(goal)}`;
  const within = epsilon === null ? '' : `; within ε = ${formatValue(attack.eps, epsilon)}`;
  return [
    output,
    `${verdictOf(result)}: ${wanted}`,
    ...beside(classes),
    `changed: ${normsOf(result)}${lossless === null ? within : ''}`,
    `before rounding: lead ${unrounded.margin.toFixed(2)}, L2 ${unrounded.l2.toFixed(1)}, L∞ ${unrounded.linf.toFixed(2)} grey levels`,
    ...(views === null ? [] : [...(views.output === null ? [] : [views.output]), viewsLine(views)]),
    ...(patch === null || patch.output === null
      ? []
      : [`${patch.output} (${patch.width}×${patch.height}, the patch alone)`]),
    ...(brokenBy === null ? [] : [`broken by ${brokenBy}`]),
    ...(queries === null ? [] : [`asked the black box ${queries} times, and for no gradient`]),
    ...(substitute === null ? [] : surrogateLines(substitute)),
    ...(lossless === null ? [] : [`as a PNG: ${verdictOf(lossless)}; ${normsOf(lossless)}${within}`]),
    ...(perturbation.output === null
      ? []
      : [
          `${perturbation.output} (×${perturbation.gain}${perturbation.clipped > 0 ? `, ${perturbation.clipped} samples clipped` : ''})`,
        ]),
    ...transfer.flatMap(({ model, classes: seen, success }) => [
      `${model}: ${success === null ? 'has no such class' : success ? 'fooled, too' : 'not fooled'}`,
      ...beside(seen).slice(0, 1),
    ]),
    ...result.notes,
    `${result.steps} steps in ${result.seconds.toFixed(1)} s, ${result.msPerStep.toFixed(0)} ms a step on ${result.runtime} (${result.device}), seed ${seedOf(result)}`,
  ];
}

export function attackSetLines(result: AttackSetResult): string[] {
  const { rows, failed, fooled, counted, median, queries, transfer, settings, truth, notes, robust } = result;
  return [
    ...columns([
      ['picture', 'before', 'after', 'fooled', 'L0', 'L2', 'L∞', 'relative L2'],
      ...rows.map(({ image, before, after, counted: counts, success, norms, relativeL2, brokenBy }) => [
        basename(image),
        shown(before),
        counts ? shown(after) : '',
        counts ? (success ? (brokenBy === null ? 'yes' : `by ${brokenBy}`) : 'no') : 'wrong before',
        ...(counts
          ? [String(norms.l0), norms.l2.toFixed(1), String(norms.linf), relativeL2.toExponential(2)]
          : ['', '', '', '']),
      ]),
    ]),
    ...failed.map(({ reason }) => reason),
    '',
    `${result.model}, ${describe(settings)}: ${fooled} of ${counted} fooled (${rate(fooled, counted)}), of ${rows.length} pictures; right before by ${truth === 'labels' ? 'the labels' : 'definition'}.`,
    ...(robust === null ? [] : [robustLine(robust)]),
    ...brokenLines(rows),
    ...(median === null
      ? []
      : [
          `median of the fooled: L2 ${median.l2.toFixed(1)}, L∞ ${median.linf} grey levels, relative L2 ${median.relativeL2.toExponential(2)}`,
        ]),
    ...viewLines(rows),
    ...(queries === null
      ? []
      : [`queries of the fooled: mean ${queries.mean.toFixed(0)}, median ${queries.median.toFixed(0)}`]),
    ...(transfer === null ? [] : ['', ...matrixLines(transfer)]),
    ...notes,
  ];
}

const robustLine = ({ robust, of, interval: [low, high] }: RobustAccuracy): string =>
  `robust accuracy: ${robust} of ${of} (${rate(robust, of)}, 95 % interval ${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)} %)`;

/** How many pictures each attack of the standard suite broke. */
function brokenLines(rows: readonly AttackSetRow[]): string[] {
  const counts = new Map<string, number>();
  for (const { brokenBy } of rows)
    if (brokenBy !== null) counts.set(brokenBy, (counts.get(brokenBy) ?? 0) + 1);
  return counts.size === 0
    ? []
    : [`broken: ${[...counts].map(([name, count]) => `${count} by ${name}`).join(', ')}`];
}

/** Made against the row, seen by the column. */
function matrixLines({ models, fooled, counted }: NonNullable<AttackSetResult['transfer']>): string[] {
  return columns([
    ['made against \\ seen by', ...models],
    ...models.map((model, i) => [
      model,
      ...models.map((_, j) => {
        const [hits, of] = [fooled[i]?.[j] ?? 0, counted[i]?.[j] ?? 0];
        return `${hits}/${of} (${rate(hits, of)})`;
      }),
    ]),
  ]);
}

/** The settings that say which attack it was. */
export function describe({ method, norm, eps, step, steps, target, minimal, loss }: AttackSettings): string {
  return [
    method,
    ...(loss === 'ce' ? [] : [`loss ${loss}`]),
    ...(norm === null ? [] : [norm]),
    ...(eps === null ? [] : [`ε ${formatValue(attack.eps, eps)}`]),
    ...(step === null ? [] : [`step ${formatValue(attack.step, step)}`]),
    ...(steps === null ? [] : [`${steps} steps`]),
    ...(target === null ? [] : [`towards ${target}`]),
    ...(minimal ? ['smallest ε'] : []),
  ].join(', ');
}

/** Which surrogate it was, what was trained, and how it came to agree. */
function surrogateLines({ network, trained, agreement, chosen, carried }: SurrogateReport): string[] {
  const what =
    network === null
      ? 'a small network trained from nothing'
      : `${network}, with a new layer on its features`;
  const curve = agreement.map(
    ({ queries, agreed, of }, i) =>
      `${agreed} of ${of} ${i === 0 ? 'before training' : `after ${queries} queries`}${i === chosen ? ' (taken)' : ''}`,
  );
  return [
    `surrogate: ${what} of ${trained.toLocaleString('en')} weights, trained on the black box's labels; ${carried ? 'what fools it fools the black box' : 'what fools it did not fool the black box, and a search by labels went on from there'}`,
    `the surrogate agrees with it on views kept apart: ${curve.join(', ')}`,
  ];
}

function viewsLine({ count, fooled, interval, untouched }: ViewShare): string {
  const [low, high] = interval.map((share) => (100 * share).toFixed(1));
  return `fresh views: ${fooled} of ${count} succeed (${rate(fooled, count)}, 95 % interval ${low}–${high} %); of the picture as it was ${untouched}`;
}

/** Over all fresh views of all pictures that count. */
function viewLines(rows: readonly AttackSetRow[]): string[] {
  const apart = rows.filter(({ trained }) => trained === false);
  if (apart.length > 0 && apart.length < rows.length) {
    const known = rows.filter(({ trained }) => trained === true);
    return [
      ...viewLines(known).map((line) => `trained on, ${line}`),
      ...viewLines(apart).map((line) => `kept apart, ${line}`),
    ];
  }
  const shares = rows.flatMap(({ views }) => (views === null ? [] : [views]));
  if (shares.length === 0) return [];
  const total = (of: (share: ViewShare) => number): number =>
    shares.reduce((sum, share) => sum + of(share), 0);
  const [count, fooled] = [total((share) => share.count), total((share) => share.fooled)];
  return [
    `fresh views: ${fooled} of ${count} succeed (${rate(fooled, count)}); of the pictures as they were ${total((share) => share.untouched)}`,
  ];
}

const verdictOf = ({ success, margin }: Verdict): string =>
  `${success ? 'success' : 'no success'} (lead ${margin.toFixed(2)} logits)`;

const normsOf = ({ norms: { l0, l2, linf } }: Verdict): string =>
  `L0 ${l0} pixels, L2 ${l2.toFixed(1)}, L∞ ${linf} grey levels`;

const nameOf = ({ index, label }: { index: number; label: string | null }): string =>
  label ?? `class ${index}`;

const shown = (seen: ClassProbability): string => `${nameOf(seen)} ${(100 * seen.probability).toFixed(0)} %`;

const percent = (seen: ClassProbability): string => `${(100 * seen.probability).toFixed(2)} %`;

const rate = (hits: number, of: number): string => (of === 0 ? '–' : `${((100 * hits) / of).toFixed(1)} %`);

const beside = ({ before, after }: BeforeAfter): string[] =>
  columns(
    before.map((seen, i) => {
      const then = after[i];
      return [
        `  ${percent(seen)}`,
        nameOf(seen),
        '→',
        ...(then === undefined ? ['', ''] : [percent(then), nameOf(then)]),
      ];
    }),
  );

const seedOf = ({ recipe }: AttackResult): string =>
  'seed' in recipe.settings ? String(recipe.settings.seed) : '';
