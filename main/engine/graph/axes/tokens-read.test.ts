/** Which tokens are read, through each way in which exports pick them. */
import { describe, expect, it } from 'vitest';
import type { Info, Name, Node } from '../graph.ts';
import { int64 } from '../tensor.ts';
import { whole, type Axes } from './axis.ts';
import { tokensRead } from './tokens-read.ts';

const SIZE = 5;
const tokens: Axes = [[], whole('rows', SIZE), whole('features', 2)];
const one: Axes = [[], whole('features', 2)];

const node = (op: string, inputs: Name[], outputs: Name[], attributes: Node['attributes'] = {}): Node => ({
  op,
  name: `${op} ${outputs.join()}`,
  inputs,
  outputs,
  attributes,
});

/** The tokens of `x` that are read by what ends in `y`. */
function readOf(
  nodes: readonly Node[],
  axes: Record<Name, Axes>,
  values: Record<Name, readonly number[]> = {},
): number[] {
  const known = new Map(Object.entries({ x: tokens, ...axes }));
  const infos = new Map<Name, Info>(
    [...known].map(([name, own]) => [
      name,
      { type: 'float32', dims: own.map((group) => group[0]?.size ?? 1) },
    ]),
  );
  for (const [name, numbers] of Object.entries(values))
    infos.set(name, { type: 'int64', dims: [numbers.length], value: int64(numbers) });
  const found = tokensRead(nodes, { axes: known, infos }, new Map([['y', undefined]]));
  return [...(found.get('x') ?? [])].sort((a, b) => a - b);
}

describe('the tokens that are read', () => {
  it.each([
    [[1], [0]],
    [[1], [-1]],
    [
      [1, 1],
      [2, 4],
    ],
  ])('are those that Gather picks: %j %j', (_, index) => {
    const wanted = index.map((i) => (i + SIZE) % SIZE);
    const nodes = [node('Gather', ['x', 'index'], ['y'], { axis: 1 })];
    expect(readOf(nodes, { y: one }, { index })).toEqual(wanted);
  });

  it.each([
    [0, 1, 1, [0]],
    [1, 2 ** 31, 1, [1, 2, 3, 4]],
    [-2, 100, 1, [3, 4]],
    [0, 5, 2, [0, 2, 4]],
    [-1, -100, -2, [0, 2, 4]],
    [3, 1, -1, [2, 3]],
  ])('are those of a Slice from %d to %d in steps of %d', (start, end, step, wanted) => {
    const nodes = [node('Slice', ['x', 'starts', 'ends', 'axes', 'steps'], ['y'])];
    const values = { starts: [start], ends: [end], axes: [1], steps: [step] };
    expect(readOf(nodes, { y: one }, values)).toEqual(wanted);
  });

  it('are those of the parts of a Split that are read', () => {
    const part = (size: number): Axes => [[], whole('rows', size), whole('features', 2)];
    const nodes = [
      node('Split', ['x'], ['a', 'b', 'c'], { axis: 1 }),
      node('ReduceMean', ['b', 'axes'], ['y']),
    ];
    const axes = { a: [[], [], whole('features', 2)], b: part(3), c: [[], [], whole('features', 2)], y: one };
    expect(readOf(nodes, axes, { axes: [1] })).toEqual([1, 2, 3]);
  });

  it('stay through what works on each token, and are all where tokens are mixed', () => {
    const last = node('Gather', ['z', 'index'], ['y'], { axis: 1 });
    const read = (...nodes: Node[]): number[] =>
      readOf([...nodes, last], { z: tokens, u: tokens, y: one }, { index: [2] });
    expect(read(node('Gelu', ['x'], ['z']))).toEqual([2]);
    expect(read(node('MatMul', ['x', 'w'], ['z']))).toEqual([2]);
    expect(read(node('LayerNormalization', ['x', 'w'], ['z'], { axis: -1 }))).toEqual([2]);
    expect(read(node('Add', ['x', 'x'], ['u']), node('Softmax', ['u'], ['z'], { axis: 2 }))).toEqual([2]);
    for (const mixing of [
      node('MatMul', ['w', 'x'], ['z']),
      node('LayerNormalization', ['x', 'w'], ['z'], { axis: 1 }),
      node('Softmax', ['x'], ['z'], { axis: 1 }),
      node('AveragePool', ['x'], ['z']),
    ])
      expect(read(mixing)).toEqual([0, 1, 2, 3, 4]);
  });
});
