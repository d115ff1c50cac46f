/** The outcome of an attack in words: what the network says now, and what it took. */
import { firstName, type AttackReport, type TransferRow } from '../../../shared/studio/attack.ts';
import type { RobustAccuracy, SurrogateReport, ViewShare } from '../../../shared/methods/attack.ts';
import type { ClassProbability } from '../../../shared/contract/result.ts';

type Named = Pick<ClassProbability, 'index' | 'label'>;

/** `goldfish`; `class 1` where the network comes without names. */
export function classNameOf({ index, label }: Named): string {
  return label === null ? `class ${index}` : firstName(label);
}

/** `97 %`, with a decimal where that tells more. */
export function percent(probability: number): string {
  const value = 100 * probability;
  if (value > 0 && value < 0.1) return 'under 0.1 %';
  return `${value >= 10 || value === 0 ? Math.round(value) : value.toFixed(1)} %`;
}

/** One sentence for people. @param allies how many further networks had to be fooled at the same time */
export function verdictOf({ success, goal, classes, norms }: AttackReport, allies: number): string {
  const [before] = classes.before;
  const [after] = classes.after;
  if (before === undefined || after === undefined) return '';
  const was = classNameOf(before);
  const is = `${classNameOf(after)} (${percent(after.probability)})`;
  const changed = after.index !== before.index;
  const what = changed ? `The network now says ${is} instead of ${was}` : `The network still says ${is}`;
  const asked = classNameOf(goal);
  if (!success) {
    if (goal.kind === 'targeted' && after.index !== goal.index)
      return `${what}, not ${asked} as was asked; ${effort(norms)}.`;
    // Alone it is fooled: another one of those that were to be fooled together is not.
    const others = allies > 0 && changed ? ', but not all networks of the ensemble are fooled' : '';
    return `${what}${others}; ${effort(norms)}.`;
  }
  const together =
    allies === 0 ? '' : `, and ${allies} more ${allies === 1 ? 'network is' : 'networks are'} fooled`;
  const wanted = goal.kind === 'targeted' && changed ? ', as was asked' : '';
  return `${what}${wanted}${together}; ${effort(norms)}.`;
}

/** A larger change of a sample is seen, and then it matters how much of the picture is changed. */
const VISIBLE = 64;

/** `no pixel changed by more than 8 of 255 levels`. */
function effort({ l0, linf }: AttackReport['norms']): string {
  if (l0 === 0) return 'no pixel was changed';
  if (linf > VISIBLE) return `${l0.toLocaleString('en')} pixels were changed`;
  return `no pixel changed by more than ${linf} of 255 levels`;
}

/** What became of one of several pictures. */
export function outcomeOf({
  counted,
  success,
  brokenBy,
}: Pick<TransferRow, 'counted' | 'success' | 'brokenBy'>): string {
  if (!counted) return 'wrong before';
  if (!success) return 'withstood';
  return brokenBy === null ? 'fooled' : `broken by ${brokenBy}`;
}

/** The accuracy that an attack leaves a network, with what that says about other pictures. */
export function robustSentence(
  { robust, of, interval: [low, high] }: RobustAccuracy,
  network: string,
): string {
  const share = (part: number): string => `${Math.round(100 * part)} %`;
  return `Robust accuracy: ${network} withstands the attack on ${robust} of ${of} pictures (${share(robust / of)}; ${share(low)} to ${share(high)} of all such pictures, with 95 % confidence).`;
}

/** How a result stands after transforms that nobody has tried before, with what that says about all of them. */
export function viewsSentence(
  { count, fooled, interval: [low, high], untouched }: ViewShare,
  elsewhere = false,
): string {
  const share = (part: number): string => `${Math.round(100 * part)} %`;
  const views = elsewhere ? 'random views, with the patch somewhere else in each,' : 'random views';
  return (
    `${fooled} of ${count} ${views} fool the network: ${share(low)} to ${share(high)} of all such views, ` +
    `with 95 % confidence. Of the same views of the original, ${untouched} do.`
  );
}

/** Which surrogate was attacked, what was trained, and what came of it. */
export function surrogateSentence({ network, trained, carried }: SurrogateReport): string {
  const weights = `${trained.toLocaleString('en')} weights`;
  const what =
    network === null
      ? `A small network of ${weights}, made from nothing,`
      : `${network}, with ${weights} on its features,`;
  const then = carried
    ? 'What fools it fools the network, too.'
    : 'What fools it did not fool the network; a search by labels alone went on from there.';
  return `${what} was trained on what the network says. ${then}`;
}

/** What is typed or chosen as a target, in the words of a recipe; `null`: anything but what is seen now. */
export function targetFrom(text: string): string | null {
  const typed = text.trim();
  if (typed === '') return null;
  const word = typed.toLowerCase().replace(' ', '-');
  if (word === 'least-likely' || word === 'random') return word;
  return typed.startsWith('class:') ? typed : `class:${typed}`;
}

/** The reverse, as one would type it. */
export function targetText(target: string | null): string {
  return target?.replace(/^class:/, '') ?? '';
}
