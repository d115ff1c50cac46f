/**
 * Attacks on networks of sigmoids: each thing that they tell is a decision of its own, in the picture or not, which an attack turns
 * over. The network is attacked as a classifier of these two, so that every attack works as ever.
 */
import type { ClassProbability } from '../../../../shared/contract/result.ts';
import { decodeImage } from '../../imaging/codec.ts';
import type { Model } from '../../models/model.ts';
import { classify, labelOf } from '../common/classify.ts';
import type { MethodContext, OpenNetwork } from '../common/context.ts';
import { findClass } from '../common/targets.ts';

/** A network as it is attacked, and the target in its classes. */
export interface Decided {
  readonly context: MethodContext;
  readonly target: string | null;
  /** Opens other networks about the same thing. */
  readonly open: OpenNetwork;
  /** Whether it is one decision of a network of sigmoids. */
  readonly decision: boolean;
}

/**
 * The network about the thing that the target names, or, without a target, about the one that it is surest to see. Networks without
 * sigmoids stay as they are.
 *
 * @param seen how sure it is of each thing, surest first; of several pictures the mean
 * @throws ReverieError `class/unknown`
 */
export async function decided(
  context: MethodContext,
  open: OpenNetwork,
  seen: () => Promise<readonly ClassProbability[]>,
  target: string | null,
): Promise<Decided> {
  const { model } = context;
  if (model.answer.kind !== 'sigmoid') return { context, target, open, decision: false };
  const [index, goal] = await subjectOf(context.model, seen, target);
  const names = namesOf(model, index);
  const others: OpenNetwork = async (name) => {
    const other = await open(name);
    if (other.model.answer.kind !== 'sigmoid') return other;
    const same = indexOf(other.model, names[1]) ?? Math.min(index, (other.model.classes ?? 1) - 1);
    return { ...other, model: other.model.about(same, namesOf(other.model, same)) };
  };
  return {
    context: { ...context, model: model.about(index, names) },
    target: goal,
    open: others,
    decision: true,
  };
}

/** Which thing it is about, and the target among "it is not there" and "it is there". */
async function subjectOf(
  model: Model,
  seen: () => Promise<readonly ClassProbability[]>,
  target: string | null,
): Promise<[number, string | null]> {
  const only = model.classes === 1;
  if (target?.startsWith('class:')) {
    const name = target.slice('class:'.length);
    const contrary = only && namesOf(model, 0)[0].toLowerCase() === name.trim().toLowerCase();
    return contrary ? [0, 'class:0'] : [findClass(model, name), 'class:1'];
  }
  if (only) return [0, target];
  const all = await seen();
  const chosen = target === 'least-likely' ? all.at(-1) : all[0];
  return [chosen?.index ?? 0, target === null ? null : 'class:1'];
}

/** How sure the network is of each thing in pictures, surest first: the mean of its probabilities. */
export async function meanOf(
  context: MethodContext,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<readonly ClassProbability[]> {
  const sums = new Map<number, ClassProbability>();
  for (const path of paths) {
    const { pixels } = await decodeImage(path, { signal });
    for (const seen of await classify(context, pixels, Infinity)) {
      const before = sums.get(seen.index)?.probability ?? 0;
      sums.set(seen.index, { ...seen, probability: before + seen.probability / paths.length });
    }
  }
  return [...sums.values()].sort((a, b) => b.probability - a.probability);
}

function indexOf(model: Model, name: string): number | null {
  const found = (model.card.labels ?? []).findIndex((label) => label.toLowerCase() === name.toLowerCase());
  return found < 0 || found >= (model.classes ?? 0) ? null : found;
}

/** What it is called that a thing is not there, and that it is. */
function namesOf(model: Model, index: number): readonly [string, string] {
  const { labels } = model.card;
  if (model.classes === 1)
    return [
      labels !== undefined && labels.length > 1 ? (labels[0] ?? 'no') : 'no',
      labelOf(model, 0) ?? 'yes',
    ];
  const name = model.card.labels?.[index] ?? `class ${index}`;
  return [`not ${name}`, name];
}
