import { describe, expect, it } from 'vitest';
import { Builder } from '../graph/builder.ts';
import { shapeRules } from '../graph/shapes.ts';
import { traitsOf } from '../graph/traits.ts';
import { cpu, gradientError, gradientsOn, prepare } from '../testing/gradient-check.ts';
import { forms } from './forms.ts';
import { FLAT } from './rule.ts';
import { rules } from './rules.ts';
import { floats, kinked, type GradientCase } from './testing/case.ts';
import { cases } from './testing/table.ts';

/** Operators of which we know the shape but no gradient, and why. */
const WITHOUT_RULE: Readonly<Record<string, string>> = {
  Sum: 'normalise writes it with Add',
  Mean: 'normalise writes it with Add and Mul',
};

/** The operators that a case puts into its graph. */
function operatorsOf(test: GradientCase): string[] {
  const g = new Builder();
  const operands = test.operands.map((operand) =>
    operand === null ? '' : g.constant(typeof operand === 'function' ? operand(ones) : operand),
  );
  test.build(g, operands);
  return g.nodes.map(({ op }) => op);
}
const ones = {
  uniform: () => 1,
  normal: () => 1,
  sign: () => 1,
  shuffled: (n: number) => new Array<number>(n).fill(1),
};

describe('the table', () => {
  it('has rules for operators with traits alone', () => {
    expect(Object.keys(rules).filter((op) => traitsOf(op) === undefined)).toEqual([]);
  });

  it('has a rule for every operator whose shape is known, except a few', () => {
    const missing = Object.keys(shapeRules).filter((op) => rules[op] === undefined);
    expect(missing.sort()).toEqual(Object.keys(WITHOUT_RULE).sort());
  });

  it('has no rule for operators whose shape is unknown', () => {
    expect(Object.keys(rules).filter((op) => shapeRules[op] === undefined)).toEqual([]);
  });

  it('is covered: every operator that is not flat has a case', () => {
    const tried = new Set(cases.flatMap(operatorsOf));
    const untried = Object.keys(rules).filter((op) => rules[op] !== FLAT && !tried.has(op));
    expect(untried).toEqual([]);
  });
});

describe('the gradient agrees with differences', () => {
  it.each(cases)('$title', async (test) => {
    expect(await gradientError(cpu, test, rules)).toBeLessThan(1e-3);
  });
});

describe('another form of the same gradient gives the same numbers', () => {
  const others = Object.entries(forms).flatMap(([device, table]) =>
    Object.keys(table).flatMap((op) => {
      const rule: unknown = Reflect.get(table, op);
      return rule === rules[op]
        ? []
        : cases.filter((test) => operatorsOf(test).includes(op)).map((test) => ({ device, op, table, test }));
    }),
  );

  it.each(others)('$device: $test.title', async ({ table, test }) => {
    const expected = await gradientsOn(cpu, test, rules);
    const actual = await gradientsOn(cpu, test, table);
    for (const [name, { dims, data }] of Object.entries(expected)) {
      expect(actual[name]?.dims).toEqual(dims);
      expect([...(actual[name]?.data ?? [])]).toEqual([...data].map((v): unknown => expect.closeTo(v, 4)));
    }
  });
});

describe('where values tie, the gradient is counted once', () => {
  const pool = (attributes: object): GradientCase =>
    kinked('MaxPool', { kernel_shape: [3, 3], ...attributes }, [
      floats(new Array<number>(49).fill(2), 1, 1, 7, 7),
    ]);
  const tied: [GradientCase, number][] = [
    [pool({ strides: [2, 2] }), 9],
    [pool({ strides: [1, 1], pads: [1, 1, 1, 1] }), 49],
    [pool({ strides: [2, 2], dilations: [2, 2] }), 4],
    [
      kinked('MaxPool', { kernel_shape: [2, 2], strides: [2, 2] }, [
        floats([1, 1, 0, 3, 3, 1, 3, 0], 1, 1, 2, 4),
      ]),
      2,
    ],
    [kinked('GlobalMaxPool', {}, [floats([2, 2, 1, 2], 1, 1, 2, 2)]), 1],
    [kinked('ReduceMax', { keepdims: 0 }, [floats([2, 2, 1, 2])]), 1],
    [kinked('Max', {}, [floats([1, 2]), floats([1, 2])], { wrt: [0, 1] }), 2],
    [kinked('Min', {}, [floats([1, 2]), floats([1, 2])], { wrt: [0, 1] }), 2],
  ];

  it.each(
    Object.entries(forms).flatMap(([device, table]) =>
      tied.map(([test, count]) => ({ device, table, test, count })),
    ),
  )('$device: $test.title', async ({ table, test, count }) => {
    // The gradient of Σ y, which every output passes on whole.
    const summed: GradientCase = {
      ...test,
      build: (g, operands) => test.build(g, operands).map((y) => g.total(y)),
    };
    const [weight] = prepare(summed, table).weights.values();
    const found = await gradientsOn(cpu, summed, table);
    const total = Object.values(found).reduce((sum, { data }) => sum + data.reduce((a, b) => a + b, 0), 0);
    expect(total / (weight?.data[0] ?? NaN)).toBeCloseTo(count, 4);
  });
});
