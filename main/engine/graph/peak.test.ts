import { expect, it } from 'vitest';
import { Builder } from './builder.ts';
import type { Name } from './graph.ts';
import { footprintOf } from './peak.ts';
import { float32 } from './tensor.ts';

const N = 100;
/** Bytes of one vector. */
const V = 4 * N;

function peak(build: (g: Builder, x: Name) => readonly Name[]): number {
  const g = new Builder();
  const outputs = build(g, g.input('x', [N]));
  return footprintOf(g.finish(outputs), (name) => g.dims(name)).activations / V;
}

const far = (g: Builder, x: Name): Name => g.op('Concat', [x], { axis: 0 });

it.each<[string, (g: Builder, x: Name) => readonly Name[], number]>([
  ['an operator with its input and output', (g, x) => [far(g, x)], 2],
  ['a chain, which needs two at a time', (g, x) => [far(g, far(g, far(g, far(g, x))))], 2],
  ['a chain in place, which needs one', (g, x) => [g.op('Relu', [g.op('Exp', [g.op('Neg', [x])])])], 1],
  ['a chain of activations in place, such as Selu', (g, x) => [g.unary('Selu', g.unary('Softplus', x))], 1],
  ['a chain of those that are not, such as Gelu', (g, x) => [g.unary('Gelu', g.unary('HardSwish', x))], 2],
  ['what is read again later, which stays', (g, x) => [g.mul(far(g, far(g, x)), x)], 3],
  [
    'an output, which stays to the end',
    (g, x) => {
      const y = far(g, x);
      return [y, far(g, far(g, y))];
    },
    3,
  ],
  [
    'another view of the same numbers, which costs nothing',
    (g, x) => [far(g, g.reshape(g.reshape(x, [10, 10]), [N]))],
    2,
  ],
  [
    'a view that outlives its source, which keeps the memory',
    (g, x) => {
      const view = g.reshape(far(g, x), [N]);
      return [g.mul(far(g, far(g, x)), view)];
    },
    3,
  ],
])('%s', (_, build, expected) => {
  expect(peak(build)).toBe(expected);
});

it('counts weights apart', () => {
  const g = new Builder();
  const y = g.mul(g.input('x', [N]), g.constant(float32(new Float32Array(N), [N])));
  expect(footprintOf(g.finish([y]), (name) => g.dims(name))).toMatchObject({ weights: V });
});
