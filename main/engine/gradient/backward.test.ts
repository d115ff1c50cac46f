import { describe, expect, it } from 'vitest';
import { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { float32, int64 } from '../graph/tensor.ts';
import { valuesOf } from '../testing/gradient-check.ts';
import { gradients } from './backward.ts';
import type { Rules } from './rule.ts';
import { rules } from './rules.ts';

const containing = (words: string): unknown => expect.stringContaining(words);
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

/** What the objective depends on, and so has a gradient. */
const some = (names: readonly (Name | null)[]): Name[] => names.filter((name) => name !== null);

describe('sums', () => {
  it('what several consumers of a tensor ask for', async () => {
    const g = new Builder();
    const x = g.input('x', [3]);
    const h = g.scale(x, 2);
    // h is read five times, twice by one node: h² + 3h + h·x.
    const parts = [g.mul(h, h), g.scale(h, 3), g.mul(h, x)];
    const objective = g.total(parts.reduce((a, b) => g.add(a, b)));
    const [dh, dx] = gradients(g, objective, [h, x], rules);
    // ∂/∂h = 2h + 3 + x = 5x + 3; d/dx = 2·(5x + 3) + h = 12x + 6
    expect(await valuesOf(g, [dh ?? '', dx ?? ''], { x: float32([1, -1, 0.5]) })).toEqual([
      [8, -2, 5.5],
      [18, -6, 12],
    ]);
  });

  it('over the axes that were stretched, also those of another rank', async () => {
    const g = new Builder();
    const a = g.input('a', [2, 1]);
    const b = g.input('b', [3]);
    const c = g.input('c', []);
    const objective = g.total(g.mul(g.mul(a, b), c));
    const found = gradients(g, objective, [a, b, c], rules);
    expect(found.map((name) => g.dims(name ?? ''))).toEqual([[2, 1], [3], []]);
    const feeds = { a: float32([1, 2], [2, 1]), b: float32([3, 4, 5]), c: float32([2], []) };
    expect(await valuesOf(g, some(found), feeds)).toEqual([[24, 24], [6, 6, 6], [36]]);
  });
});

describe('several sources', () => {
  it('may lie on each other’s way', async () => {
    const g = new Builder();
    const x = g.input('x', [2]);
    const y = g.square(x);
    const z = g.unary('Exp', y);
    const found = gradients(g, g.total(z), [z, y, x], rules);
    const e = Math.exp(0.25);
    const [dz, dy, dx] = await valuesOf(g, some(found), { x: float32([0.5, 0]) });
    expect(dz).toEqual([1, 1]);
    expect(dy).toEqual([expect.closeTo(e, 5), 1]);
    expect(dx).toEqual([expect.closeTo(e, 5), 0]);
  });

  it('get null where the objective does not depend on them', () => {
    const g = new Builder();
    const [x, unused, y] = [g.input('x', [2]), g.input('unused', [2]), g.input('y', [2])];
    g.mul(unused, x);
    const found = gradients(g, g.total(g.square(x)), [x, unused, y], rules);
    expect(found.map((name) => name === null)).toEqual([false, true, true]);
  });

  it('get null where only a flat operator or an integer leads to the objective', () => {
    const g = new Builder();
    const x = g.input('x', [4]);
    const place = g.op('Cast', [g.op('ArgMax', [x], { axis: 0 })], { to: 1 });
    const steps = g.total(g.unary('Floor', x));
    expect(gradients(g, g.add(place, steps), [x], rules)).toEqual([null]);
  });

  it('include the objective itself', async () => {
    const g = new Builder();
    const y = g.total(g.input('x', [2]));
    expect(await valuesOf(g, some(gradients(g, y, [y], rules)), { x: float32([1, 2]) })).toEqual([[1]]);
  });
});

describe('the seed', () => {
  it('is the gradient to start from, so that the objective may have any shape', async () => {
    const g = new Builder();
    const x = g.input('x', [2, 2]);
    const seed = g.input('seed', [2, 2]);
    const found = gradients(g, g.square(x), [x], rules, seed);
    const feeds = { x: float32([1, 2, 3, 4], [2, 2]), seed: float32([1, 0, -1, 0.5], [2, 2]) };
    expect(await valuesOf(g, some(found), feeds)).toEqual([[2, 0, -6, 4]]);
  });

  it('makes the gradient linear in it', async () => {
    const g = new Builder();
    const x = g.input('x', [3]);
    const y = g.unary('Tanh', x);
    const [once, twice] = [1, 2].map((k) => gradients(g, y, [x], rules, g.constant(float32([k, -k, k])))[0]);
    const [a, b] = await valuesOf(g, [once ?? '', twice ?? ''], { x: float32([0.1, 0.2, 0.3]) });
    expect(b).toEqual(a?.map((v): unknown => expect.closeTo(2 * v, 6)));
  });
});

describe('refuses', () => {
  const fewer: Rules = Object.fromEntries(
    Object.entries(rules).filter(([op]) => !['ReduceProd', 'GridSample'].includes(op)),
  );
  const withProducts = (g: Builder, x: Name): Name => {
    let y = x;
    for (let i = 0; i < 5; i++) y = g.op('ReduceProd', [y, g.ints([])], { noop_with_empty_axes: 1 });
    return y;
  };

  it('all operators without a rule at once, before appending anything', () => {
    const g = new Builder();
    const x = g.input('x', [1, 1, 2, 2]);
    const grid = g.constant(float32(new Float32Array(8), [1, 2, 2, 2]));
    const sampled = g.node('GridSample', [x, grid])[0] ?? '';
    const objective = g.total(withProducts(g, g.square(sampled)));
    const before = g.nodes.length;
    const products = g.nodes.filter(({ op }) => op === 'ReduceProd').map(({ name }) => name);
    expect(() => gradients(g, objective, [x], fewer)).toThrow(
      expect.objectContaining({
        code: 'gradient/no-rule',
        details: { operators: { GridSample: [sampled], ReduceProd: products } },
        message: matching(/GridSample \("~GridSample.*ReduceProd \("~ReduceProd.*and 2 more\)\./),
      }),
    );
    expect(g.nodes).toHaveLength(before);
  });

  it('nothing for operators off the way', () => {
    const g = new Builder();
    const x = g.input('x', [2]);
    withProducts(g, x);
    const aside = withProducts(g, g.constant(float32([1, 2])));
    const steps = g.unary('Floor', withProducts(g, x));
    const objective = g.total(g.add(g.mul(x, aside), steps));
    expect(gradients(g, objective, [x], fewer)).not.toContain(null);
  });

  it('to pass silently over an input whose gradient a rule does not give', () => {
    const g = new Builder();
    const x = g.input('x', []);
    const clipped = g.op('Clip', [g.constant(float32([1, 2])), x]);
    expect(() => gradients(g, g.total(clipped), [x], rules)).toThrow(
      expect.objectContaining({ code: 'gradient/no-rule' }),
    );
  });

  const forms: [string, (g: Builder, x: Name) => Name][] = [
    [
      'tf_crop_and_resize',
      (g, x) => {
        const region = g.constant(float32([0, 0, 0, 0, 1, 1, 1, 0.5]));
        return g.op('Resize', [x, region, g.constant(float32([1, 1, 0.5, 0.5]))], {
          coordinate_transformation_mode: 'tf_crop_and_resize',
          mode: 'linear',
        });
      },
    ],
    [
      'reduction "max"',
      (g, x) => {
        const indices = g.constant(int64([0], [1, 1, 1, 1]));
        return g.op('ScatterElements', [x, indices, g.constant(float32([1], [1, 1, 1, 1]))], {
          reduction: 'max',
        });
      },
    ],
    [
      'crops in mode reflect',
      (g, x) => g.op('Pad', [x, g.ints([0, 0, -1, 1, 0, 0, 0, 0])], { mode: 'reflect' }),
    ],
    ['diagonal', (g, x) => g.op('Einsum', [x], { equation: 'abcc->abc' })],
    [
      'statistics',
      (g, x) => g.node('LayerNormalization', [x, g.constant(float32([1, 1, 1, 1]))], {}, 2)[1] ?? '',
    ],
  ];
  it.each(forms)('a form that a rule does not cover: %s', (words, build) => {
    const g = new Builder();
    const x = g.input('x', [1, 1, 4, 4]);
    const objective = g.total(build(g, x));
    expect(() => gradients(g, objective, [x], rules)).toThrow(
      expect.objectContaining({ code: 'gradient/no-rule', message: containing(words) }),
    );
  });
});

describe('asks rules', () => {
  it('only for the gradients that somebody wants', () => {
    const wanted: boolean[] = [];
    const spying: Rules = {
      ...rules,
      Mul: (g, node, dy, demand) => {
        wanted.push(demand.wants(0), demand.wants(1));
        const rule = rules['Mul'];
        return typeof rule === 'function' ? rule(g, node, dy, demand) : [];
      },
    };
    const g = new Builder();
    const x = g.input('x', [2]);
    gradients(g, g.total(g.mul(x, g.constant(float32([1, 2])))), [x], spying);
    expect(wanted).toEqual([true, false]);
  });

  it('for shared weights of convolutions of different strides and groups', async () => {
    const g = new Builder();
    const x = g.input('x', [1, 1, 6, 6]);
    const wide = g.expand(x, [1, 3, 6, 6]);
    const w = g.constant(
      float32(
        new Float32Array(27).map((_, i) => i),
        [3, 1, 3, 3],
      ),
      'w',
    );
    const outputs = [
      g.op('Conv', [x, w], { strides: [2, 2] }),
      g.op('Conv', [x, w], { strides: [3, 3] }),
      g.op('Conv', [wide, w], { group: 3 }),
      g.op('Conv', [x, w]),
    ];
    const alone = outputs.map((y) => gradients(g, g.total(y), [x], rules)[0] ?? '');
    const [together] = gradients(
      g,
      outputs.map((y) => g.total(y)).reduce((a, b) => g.add(a, b)),
      [x],
      rules,
    );
    const feeds = { x: float32(new Float32Array(36).fill(1), [1, 1, 6, 6]) };
    const found = await valuesOf(g, [together ?? '', ...alone], feeds);
    const [sum = [], ...parts] = found;
    expect(sum).toEqual(sum.map((_, i) => parts.reduce((total, part) => total + (part[i] ?? 0), 0)));
    // In the middle of the image every tap of every stride-1 filter arrives: Σw = 351 over all output channels.
    expect(parts[3]?.[14]).toBe(351);
    expect(parts[0]?.reduce((a, b) => a + b)).toBe(4 * 351);
    expect(parts[1]?.reduce((a, b) => a + b)).toBe(4 * 351);
  });
});
