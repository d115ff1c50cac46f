import { describe, expect, it } from 'vitest';
import { runGraph } from '../../testing/run-graph.ts';
import type { Attribute, Graph, Name, Node } from '../graph.ts';
import { specialise } from '../shapes.ts';
import { float32, int64, numbers, sizeOf, type Tensor } from '../tensor.ts';

describe('specialise', () => {
  // Each computes a shape the way an exporter writes it, and ends in the operators that should be left.
  it.each<[string, Graph, string[]]>([
    [
      'flattening as PyTorch exports it',
      graphOf(
        [
          op('Shape', ['x'], 'shape'),
          op('Gather', ['shape', 'zero'], 'batch', { axis: 0 }),
          op('Unsqueeze', ['batch', 'axis0'], 'batch1'),
          op('Concat', ['batch1', 'rest'], 'target', { axis: 0 }),
          op('Reshape', ['x', 'target'], 'y'),
        ],
        { zero: int64([0], []), axis0: int64([0]), rest: int64([-1]) },
      ),
      ['Reshape'],
    ],
    [
      'upsampling to sizes computed in floats',
      graphOf(
        [
          op('Shape', ['x'], 'shape'),
          op('Slice', ['shape', 'two', 'four', 'axis0'], 'size'),
          op('Cast', ['size'], 'float', { to: 1 }),
          op('Mul', ['float', 'factor'], 'scaled'),
          op('Floor', ['scaled'], 'floored'),
          op('Cast', ['floored'], 'whole', { to: 7 }),
          op('Slice', ['shape', 'axis0', 'two', 'axis0'], 'kept'),
          op('Concat', ['kept', 'whole'], 'target', { axis: 0 }),
          op('Resize', ['x', '', '', 'target'], 'y', { mode: 'linear' }),
        ],
        { two: int64([2]), four: int64([4]), axis0: int64([0]), factor: float32([1.7], []) },
      ),
      ['Resize'],
    ],
    [
      'upsampling to the size of another tensor by scales',
      graphOf(
        [
          op('AveragePool', ['x'], 'small', { kernel_shape: [3, 3], strides: [3, 3] }),
          op('Shape', ['x'], 'shape'),
          op('Shape', ['small'], 'smallShape'),
          op('Cast', ['shape'], 'float', { to: 1 }),
          op('Cast', ['smallShape'], 'smallFloat', { to: 1 }),
          op('Div', ['float', 'smallFloat'], 'scales'),
          op('Resize', ['small', '', 'scales'], 'y', { mode: 'nearest' }),
        ],
        {},
      ),
      ['AveragePool', 'Resize'],
    ],
    [
      'stretching a shape with -1 in it',
      graphOf(
        [
          op('ConstantOfShape', ['rank'], 'ones', { value: int64([1]) }),
          op('Mul', ['ones', 'minus'], 'minuses'),
          op('Equal', ['wish', 'minuses'], 'open'),
          op('Where', ['open', 'ones', 'wish'], 'target'),
          op('Expand', ['x', 'target'], 'y'),
        ],
        { rank: int64([5]), minus: int64([-1], []), wish: int64([2, 1, -1, -1, -1]) },
      ),
      ['Expand'],
    ],
    [
      'positions along the width',
      graphOf(
        [
          op('Shape', ['x'], 'shape'),
          op('Gather', ['shape', 'three'], 'width', { axis: 0 }),
          op('Range', ['zero', 'width', 'one'], 'range'),
          op('Gather', ['x', 'range'], 'y', { axis: 3 }),
        ],
        { three: int64([3], []), zero: int64([0], []), one: int64([1], []) },
      ),
      ['Gather'],
    ],
  ])('makes constants of what is computed from shapes: %s', async (_, graph, left) => {
    for (const dims of [
      [1, 2, 9, 13],
      [3, 2, 10, 8],
    ]) {
      const special = specialise(graph, { x: dims });
      expect(special.graph.nodes.map((node) => node.op)).toEqual(left);
      expect(special.graph.inputs[0]?.dims).toEqual(dims);
      await expectSame(graph, special.graph, dims);
      expect(special.infos.get('y')?.dims).toEqual((await outputOf(graph, dims)).dims);
    }
  });

  const square = { w: float32(wave(4 * 2 * 3 * 4), [4, 2, 3, 4]) };
  const across = { w: float32(wave(2 * 3 * 3 * 4), [2, 3, 3, 4]) };
  it.each<[string, Record<string, Attribute>, Record<Name, Tensor>]>([
    ['Conv', { auto_pad: 'SAME_UPPER', strides: [2, 3] }, square],
    ['Conv', { auto_pad: 'SAME_LOWER', strides: [2, 1] }, square],
    ['Conv', { auto_pad: 'VALID' }, square],
    ['MaxPool', { auto_pad: 'SAME_UPPER', kernel_shape: [4, 3], strides: [3, 2] }, {}],
    ['MaxPool', { auto_pad: 'SAME_LOWER', kernel_shape: [3, 4], strides: [2, 2], ceil_mode: 1 }, {}],
    ['AveragePool', { auto_pad: 'SAME_UPPER', kernel_shape: [2, 3], strides: [2, 2] }, {}],
    ['AveragePool', { auto_pad: 'SAME_LOWER', kernel_shape: [4, 3], count_include_pad: 1 }, {}],
    ['LpPool', { auto_pad: 'SAME_UPPER', kernel_shape: [4, 2], strides: [2, 2] }, {}],
    ['ConvTranspose', { auto_pad: 'SAME_UPPER', strides: [2, 2] }, across],
    ['ConvTranspose', { auto_pad: 'SAME_LOWER', strides: [2, 3] }, across],
    ['ConvTranspose', { auto_pad: 'VALID', strides: [2, 3] }, across],
    ['ConvTranspose', { output_shape: [16, 26], strides: [2, 2] }, across],
    ['ConvTranspose', { output_shape: [16, 27], strides: [2, 2], auto_pad: 'SAME_UPPER' }, across],
  ])('spells out the pads of %s %o', async (name, attributes, constants) => {
    const graph = graphOf([op(name, ['x', ...Object.keys(constants)], 'y', attributes)], constants);
    const dims = [1, 2, 8, 13];
    const special = specialise(graph, { x: dims }).graph;
    const [node] = special.nodes;
    expect(Object.keys(node?.attributes ?? {})).toContain('pads');
    expect(node?.attributes).not.toHaveProperty('auto_pad');
    expect(node?.attributes).not.toHaveProperty('output_shape');
    await expectSame(graph, special, dims);
  });

  it('lets a dilated convolution keep its size, which auto_pad alone does not on ONNX Runtime', async () => {
    const node = op('Conv', ['x', 'w'], 'y', { auto_pad: 'SAME_UPPER', dilations: [2, 3] });
    const special = specialise(graphOf([node], square), { x: [1, 2, 8, 13] }).graph;
    expect((await outputOf(special, [1, 2, 8, 13])).dims).toEqual([1, 4, 8, 13]);
  });

  it('keeps only what its targets need', () => {
    const graph = graphOf(
      [
        op('Relu', ['x'], 'a'),
        op('Add', ['a', 'bias'], 'b'),
        op('Unheard', ['b'], 'c'),
        op('MaxPool', ['a'], 'y', { kernel_shape: [50, 50] }),
      ],
      { bias: float32([1]), unused: float32([2]) },
    );
    const { graph: special, infos } = specialise(graph, { x: [1, 2, 8, 8] }, ['b']);
    expect(special.outputs).toEqual(['b']);
    expect(special.nodes.map((node) => node.name)).toEqual(['a', 'b']);
    expect([...special.constants.keys()]).toEqual(['bias']);
    expect(infos.get('b')).toEqual({ type: 'float32', dims: [1, 2, 8, 8] });
  });

  it('leaves the folding of weights to the runtime', () => {
    const constants = { w: float32(new Float32Array(64), [4, 4, 2, 2]) };
    const graph = graphOf(
      [op('Transpose', ['w'], 'v', { perm: [1, 0, 2, 3] }), op('Conv', ['x', 'v'], 'y')],
      constants,
    );
    const special = specialise(
      { ...graph, inputs: [{ name: 'x', type: 'float32', dims: [1, 4, 8, 8] }] },
      {},
    ).graph;
    expect(special.nodes).toEqual(graph.nodes);
  });
});

function op(name: string, inputs: Name[], output: Name, attributes: Record<string, Attribute> = {}): Node {
  return { op: name, name: output, inputs, outputs: [output], attributes };
}

/** A graph from an image `x` of two channels to `y`. */
function graphOf(nodes: Node[], constants: Record<Name, Tensor>): Graph {
  return {
    name: 'test',
    inputs: [{ name: 'x', type: 'float32', dims: ['N', 2, 'H', 'W'] }],
    outputs: ['y'],
    nodes,
    constants: new Map(Object.entries(constants)),
  };
}

async function outputOf(graph: Graph, dims: readonly number[]): Promise<Tensor> {
  const y = (await runGraph(graph, new Map([['x', float32(wave(sizeOf(dims)), dims)]]))).get('y');
  if (y === undefined) throw new Error('There is no output y.');
  return y;
}

/** Both graphs give the same values, up to the order of summation. */
async function expectSame(a: Graph, b: Graph, dims: readonly number[]): Promise<void> {
  const [left, right] = [await outputOf(a, dims), await outputOf(b, dims)];
  expect(right.dims).toEqual(left.dims);
  const reference = numbers(left);
  const difference = numbers(right).map((v, i) => Math.abs(v - (reference[i] ?? NaN)));
  expect(Math.max(...difference)).toBeLessThan(1e-5);
  expect(Math.max(...reference)).toBeGreaterThan(0.1);
}

function wave(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(0.7 * i + 0.1));
}
