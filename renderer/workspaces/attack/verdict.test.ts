import { describe, expect, it } from 'vitest';
import type { AttackReport } from '../../../shared/studio/attack.ts';
import {
  outcomeOf,
  percent,
  robustSentence,
  surrogateSentence,
  targetFrom,
  targetText,
  verdictOf,
  viewsSentence,
} from './verdict.ts';

const goldfish = { index: 1, label: 'goldfish, Carassius auratus', probability: 0.62 };
const car = { index: 817, label: 'sports car, sport car', probability: 0.971 };
const toaster = { index: 859, label: 'toaster' };

function report({ ...given }: Partial<AttackReport>): AttackReport {
  return {
    success: true,
    margin: 1,
    norms: { l0: 100, l2: 50, linf: 8 },
    goal: { kind: 'untargeted', index: 1, label: goldfish.label },
    classes: { before: [goldfish], after: [car] },
    epsilon: null,
    perturbation: { gain: 10, clipped: 0 },
    curve: { loss: [], probability: [] },
    notes: [],
    ...given,
  };
}
const wanted = (goal: { index: number; label: string | null }): AttackReport['goal'] => ({
  kind: 'targeted',
  index: goal.index,
  label: goal.label,
});

describe('several pictures in words', () => {
  it('say what became of each, and which attack broke it', () => {
    const row = { counted: true, success: true, brokenBy: null };
    expect(outcomeOf(row)).toBe('fooled');
    expect(outcomeOf({ ...row, brokenBy: 'apgd-t' })).toBe('broken by apgd-t');
    expect(outcomeOf({ ...row, success: false })).toBe('withstood');
    expect(outcomeOf({ ...row, counted: false, success: false })).toBe('wrong before');
  });

  it('say what accuracy is left, and how sure that is', () => {
    expect(robustSentence({ robust: 3, of: 40, interval: [0.0258, 0.1986] }, 'dreamnet')).toBe(
      'Robust accuracy: dreamnet withstands the attack on 3 of 40 pictures (8 %; 3 % to 20 % of all such pictures, with 95 % confidence).',
    );
  });
});

describe('the verdict', () => {
  it.each([
    [
      'a success',
      report({}),
      0,
      'The network now says sports car (97 %) instead of goldfish; no pixel changed by more than 8 of 255 levels.',
    ],
    [
      'a target that was reached',
      report({ goal: wanted(car) }),
      0,
      'The network now says sports car (97 %) instead of goldfish, as was asked; no pixel changed by more than 8 of 255 levels.',
    ],
    [
      'a failure',
      report({ success: false, classes: { before: [goldfish], after: [goldfish] } }),
      0,
      'The network still says goldfish (62 %); no pixel changed by more than 8 of 255 levels.',
    ],
    [
      'a target that was missed',
      report({ success: false, goal: wanted(toaster) }),
      0,
      'The network now says sports car (97 %) instead of goldfish, not toaster as was asked; no pixel changed by more than 8 of 255 levels.',
    ],
    [
      'an ensemble',
      report({}),
      2,
      'The network now says sports car (97 %) instead of goldfish, and 2 more networks are fooled; no pixel changed by more than 8 of 255 levels.',
    ],
    [
      'an ensemble of which one holds out',
      report({ success: false }),
      1,
      'The network now says sports car (97 %) instead of goldfish, but not all networks of the ensemble are fooled; no pixel changed by more than 8 of 255 levels.',
    ],
    [
      'a change that is seen',
      report({ norms: { l0: 12_345, l2: 5000, linf: 238 } }),
      0,
      'The network now says sports car (97 %) instead of goldfish; 12,345 pixels were changed.',
    ],
    [
      'a picture that needed no change',
      report({
        goal: wanted(goldfish),
        classes: { before: [goldfish], after: [goldfish] },
        norms: { l0: 0, l2: 0, linf: 0 },
      }),
      0,
      'The network still says goldfish (62 %); no pixel was changed.',
    ],
  ])('tells %s', (_, given, allies, sentence) => {
    expect(verdictOf(given, allies)).toBe(sentence);
  });

  it('goes by numbers without names', () => {
    const nameless = { before: [{ ...goldfish, label: null }], after: [{ ...car, label: null }] };
    expect(verdictOf(report({ classes: nameless }), 0)).toMatch(
      /^The network now says class 817 \(97 %\) instead of class 1;/,
    );
  });
});

it('tells which surrogate was attacked', () => {
  const share = { network: 'dreamnet', trained: 233_000, agreement: [], chosen: 0, carried: true };
  expect(surrogateSentence(share)).toBe(
    'dreamnet, with 233,000 weights on its features, was trained on what the network says. What fools it fools the network, too.',
  );
  expect(surrogateSentence({ ...share, network: null, carried: false })).toBe(
    'A small network of 233,000 weights, made from nothing, was trained on what the network says. What fools it did not fool the network; a search by labels alone went on from there.',
  );
});

it('tells how many views fool the network', () => {
  expect(viewsSentence({ count: 100, fooled: 97, interval: [0.9155, 0.9897], untouched: 3 })).toBe(
    '97 of 100 random views fool the network: 92 % to 99 % of all such views, with 95 % confidence. Of the same views of the original, 3 do.',
  );
});

it.each([
  [1, '100 %'],
  [0.456, '46 %'],
  [0.0456, '4.6 %'],
  [0.0004, 'under 0.1 %'],
  [0, '0 %'],
])('says %f as %s', (probability, words) => {
  expect(percent(probability)).toBe(words);
});

it.each([
  ['', null, ''],
  ['  ', null, ''],
  ['goldfish', 'class:goldfish', 'goldfish'],
  ['class:1', 'class:1', '1'],
  ['Least likely', 'least-likely', 'least-likely'],
  ['random', 'random', 'random'],
])('takes "%s" for a target', (typed, target, text) => {
  expect(targetFrom(typed)).toBe(target);
  expect(targetText(target)).toBe(text);
});
