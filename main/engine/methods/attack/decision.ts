/**
 * Attacks on networks of sigmoids: each thing that they tell is a decision of its own, in the picture or not, which an attack turns
 * over. The network is attacked as a classifier of these two, so that every attack works as ever.
 */
import { ReverieError } from '../../../../shared/errors.ts';
import type { Pixels } from '../../imaging/pixels.ts';
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
 * @param picture null where there are several, which no single thing is the likeliest in
 * @throws ReverieError `class/unknown`, `usage/option`
 */
export async function decided(
  context: MethodContext,
  open: OpenNetwork,
  picture: Pixels | null,
  target: string | null,
): Promise<Decided> {
  const { model } = context;
  if (model.answer.kind !== 'sigmoid') return { context, target, open, decision: false };
  const [index, goal] = await subjectOf(context, picture, target);
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
  context: MethodContext,
  picture: Pixels | null,
  target: string | null,
): Promise<[number, string | null]> {
  const { model } = context;
  const only = model.classes === 1;
  if (target?.startsWith('class:')) {
    const name = target.slice('class:'.length);
    const contrary = only && namesOf(model, 0)[0].toLowerCase() === name.trim().toLowerCase();
    return contrary ? [0, 'class:0'] : [findClass(model, name), 'class:1'];
  }
  if (only) return [0, target];
  if (picture === null) {
    throw new ReverieError(
      'usage/option',
      `"${model.name}" tells ${model.classes ?? 0} things, each by itself; say which one the pictures shall seem to show, with --target class:<name or index>.`,
    );
  }
  const seen = await classify(context, picture, Infinity);
  const chosen = target === 'least-likely' ? seen.at(-1) : seen[0];
  return [chosen?.index ?? 0, target === null ? null : 'class:1'];
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
