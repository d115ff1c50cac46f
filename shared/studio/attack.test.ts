import { describe, expect, it } from 'vitest';
import { attack } from '../recipes/attack.ts';
import { dream } from '../recipes/dream.ts';
import { defaultsOf } from '../recipes/fields.ts';
import { attackReport, firstName, fools, type AttackReport } from './attack.ts';
import type { Order } from './jobs.ts';

const common = {
  picture: 'a.png',
  model: null,
  runtime: 'auto',
  device: 'auto',
  branch: null,
  repeats: null,
} as const;
const order: Order<'attack'> = { ...common, method: 'attack', settings: defaultsOf(attack) };
const goldfish = { index: 1, label: 'goldfish, Carassius auratus', probability: 0.9 };
const tench = { index: 0, label: 'tench', probability: 0.8 };

const report: AttackReport = {
  success: true,
  margin: 3,
  norms: { l0: 10, l2: 20.5, linf: 8 },
  goal: { kind: 'untargeted', index: 1, label: goldfish.label },
  classes: { before: [goldfish], after: [tench] },
  epsilon: 8 / 255,
  perturbation: { gain: 10, clipped: 0 },
  curve: { loss: [0, 3], probability: [0.9, 0.1] },
  notes: [],
};

describe('the report of an attack', () => {
  it('is known by its shape', () => {
    expect(attackReport({ order, report })).toEqual(report);
    expect(
      attackReport({ order, report: { ...report, epsilon: null, queries: 100, views: null, seconds: 3 } }),
    ).toBeDefined();
  });

  it.each([
    ['nothing', null],
    ['a text', 'done'],
    ['no norms', { ...report, norms: undefined }],
    ['a norm that JSON lost', { ...report, norms: { ...report.norms, l2: null } }],
    ['an unknown goal', { ...report, goal: { ...report.goal, kind: 'hidden' } }],
    [
      'classes without probabilities',
      { ...report, classes: { before: [{ index: 1, label: null }], after: [] } },
    ],
    ['views that are no numbers', { ...report, views: { count: 3 } }],
    ['a curve of texts', { ...report, curve: { loss: ['1'], probability: [] } }],
  ])('is not %s', (_, given) => {
    expect(attackReport({ order, report: given })).toBeUndefined();
  });

  it('is not that of another method', () => {
    const other: Order<'dream'> = { ...common, method: 'dream', settings: defaultsOf(dream) };
    expect(attackReport({ order: other, report })).toBeUndefined();
  });
});

describe('an attack shown to another network', () => {
  const seen = (...labels: (string | null)[]): AttackReport['classes'] => {
    const [before, after] = labels.map((label, index) => [{ index, label, probability: 1 }]);
    return { before: before ?? [], after: after ?? [] };
  };
  const leave = { kind: 'untargeted', index: 7, label: 'goldfish, Carassius auratus' } as const;
  const reach = { ...leave, kind: 'targeted' } as const;

  it.each([
    ['leaves what it knew by another list of names', leave, seen('Goldfish', 'tench'), true],
    ['keeps seeing it', leave, seen('goldfish', 'goldfish'), false],
    ['was wrong before', leave, seen('carp', 'tench'), null],
    ['has nothing to say', leave, seen(), null],
    ['sees the target', reach, seen('tench', 'goldfish'), true],
    ['sees something else than the target', reach, seen('tench', 'carp'), false],
  ])('%s', (_, goal, classes, expected) => {
    expect(fools(goal, classes)).toBe(expected);
  });

  it('goes by numbers where there are no names', () => {
    const goal = { kind: 'untargeted', index: 0, label: null } as const;
    expect(fools(goal, seen(null, null))).toBe(true);
    // A name and a number cannot be compared.
    expect(fools(goal, seen('a', 'b'))).toBeNull();
  });

  it('names a class by its first name', () => {
    expect(firstName(' goldfish , Carassius auratus')).toBe('goldfish');
    expect(firstName('')).toBe('');
  });
});
