import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../../shared/errors.ts';
import type { Attribute, Graph, Info, Node } from '../graph.ts';
import { inferNode, inferShapes, smallestInput, unknownOperators } from '../shapes.ts';
import { refusal } from '../../testing/refusal.ts';
import { bool, float32, int64, type Tensor } from '../tensor.ts';

const f = (...dims: number[]): Info => ({ type: 'float32', dims });
const known = (value: Tensor): Info => ({ type: value.type, dims: value.dims, value });
const i = (...values: number[]): Info => known(int64(values));
/** Integers that depend on the image. */
const unknown = (...dims: number[]): Info => ({ type: 'int64', dims });

const SMALL = 'model/too-small-input';
const BAD = 'model/unreadable';
const NOT = 'model/unsupported';

describe('inferNode refuses', () => {
  it.each<[ErrorCode, string, Record<string, Attribute>, (Info | undefined)[], string]>([
    // Windows larger than their padded input: ONNX Runtime's answers are a crash, or a size that makes no sense.
    [SMALL, 'Conv', {}, [f(1, 1, 2, 9), f(1, 1, 3, 3)], 'needs at least 3×3 values but gets 2×9'],
    [SMALL, 'Conv', { strides: [2, 2] }, [f(1, 1, 2, 2), f(1, 1, 3, 3)], 'gets 2×2'],
    [
      SMALL,
      'Conv',
      { dilations: [3, 3] },
      [f(1, 1, 6, 7), f(1, 1, 3, 3)],
      'at least 7×7 values but gets 6×7',
    ],
    [
      SMALL,
      'Conv',
      { pads: [1, 1, 1, 1] },
      [f(1, 1, 2, 3), f(1, 1, 5, 5)],
      'at least 3×3 values but gets 2×3',
    ],
    [
      SMALL,
      'Conv',
      { pads: [1, 1, 1, 1] },
      [f(1, 1, 0, 3), f(1, 1, 2, 2)],
      'at least 1×1 values but gets 0×3',
    ],
    [
      SMALL,
      'Conv',
      { auto_pad: 'VALID' },
      [f(1, 1, 4), f(1, 1, 5)],
      '(Conv 5) needs at least 5 values but gets 4',
    ],
    [
      SMALL,
      'MaxPool',
      { kernel_shape: [3, 3], strides: [2, 2] },
      [f(1, 1, 2, 2)],
      '(MaxPool 3×3) needs at least 3×3',
    ],
    [
      SMALL,
      'MaxPool',
      { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
      [f(1, 1, 2, 1)],
      'at least 2×2',
    ],
    [SMALL, 'AveragePool', { kernel_shape: [7, 7] }, [f(1, 1, 6, 7)], 'at least 7×7 values but gets 6×7'],
    [SMALL, 'LpPool', { kernel_shape: [2, 2] }, [f(1, 1, 1, 1)], 'gets 1×1'],
    [SMALL, 'GlobalAveragePool', {}, [f(1, 1, 0, 4)], 'gets 0×4'],
    [
      SMALL,
      'ConvTranspose',
      { pads: [2, 2, 2, 2] },
      [f(1, 1, 2, 3), f(1, 1, 3, 3)],
      'at least 3×3 values but gets 2×3',
    ],
    [SMALL, 'Resize', {}, [f(1, 1, 3, 3), undefined, known(float32([1, 1, 0.3, 0.5]))], 'gets 1×1×3×3'],
    // Contradictory shapes.
    [
      BAD,
      'Conv',
      {},
      [f(1, 3, 8, 8), f(4, 2, 3, 3)],
      'has filters [4,2,3,3] in 1 groups for an input [1,3,8,8]',
    ],
    [BAD, 'Conv', { group: 2 }, [f(1, 4, 8, 8), f(3, 2, 3, 3)], 'in 2 groups'],
    [BAD, 'Conv', {}, [f(1, 3, 8, 8), f(4, 3, 3)], 'needs an input of 4 axes, but gets shape [4,3,3]'],
    [BAD, 'Conv', {}, [f(1, 3, 8, 8), f(4, 3, 3, 3), f(5)], 'has a bias of shape [5] for 4 filters'],
    [BAD, 'Conv', { kernel_shape: [5, 5] }, [f(1, 3, 8, 8), f(4, 3, 3, 3)], 'declares the window [5,5]'],
    [BAD, 'Conv', { strides: [0, 1] }, [f(1, 3, 8, 8), f(4, 3, 3, 3)], 'has strides [0,1]'],
    [BAD, 'Conv', { strides: [1] }, [f(1, 3, 8, 8), f(4, 3, 3, 3)], 'has 1 strides, but 2 are needed'],
    [BAD, 'Conv', { auto_pad: 'SAME' }, [f(1, 3, 8, 8), f(4, 3, 3, 3)], 'has auto_pad "SAME"'],
    [NOT, 'Conv', { pads: [-1, 0, 0, 0] }, [f(1, 3, 8, 8), f(4, 3, 3, 3)], 'has negative pads [-1,0,0,0]'],
    [BAD, 'Conv', {}, [f(1, 3, 8, 8)], 'lacks its input 2'],
    [
      NOT,
      'ConvTranspose',
      { output_shape: [9, 9], strides: [2, 2] },
      [f(1, 1, 2, 2), f(1, 1, 3, 3)],
      'up to [5,5]',
    ],
    [
      NOT,
      'ConvTranspose',
      { output_padding: [1, 1] },
      [f(1, 1, 2, 2), f(1, 1, 3, 3)],
      'has output_padding [1,1]',
    ],
    [BAD, 'MaxPool', {}, [f(1, 3, 8, 8)], 'lacks the attribute kernel_shape'],
    [
      BAD,
      'MaxPool',
      { kernel_shape: [2, 2], pads: [2, 0, 0, 0] },
      [f(1, 3, 8, 8)],
      'not smaller than its window [2,2]',
    ],
    [
      BAD,
      'BatchNormalization',
      {},
      [f(1, 3, 4, 4), f(3), f(3), f(3), f(2)],
      'a parameter of shape [2] for 3 channels',
    ],
    [NOT, 'LRN', { size: 4 }, [f(1, 3, 4, 4)], 'has size 4, which must be odd'],
    [BAD, 'Add', {}, [f(1, 3, 4), f(2, 4)], 'cannot combine the shapes [1,3,4] and [2,4]'],
    [BAD, 'Add', {}, [f(3), unknown(3)], 'mixes float32 with int64'],
    [BAD, 'PRelu', {}, [f(1, 3, 4), f(2, 3, 4)], 'has a slope of shape [2,3,4]'],
    [BAD, 'MatMul', {}, [f(2, 3), f(4, 5)], 'cannot multiply [2,3] with [4,5]'],
    [BAD, 'Gemm', { transB: 1 }, [f(2, 3), f(3, 5)], 'cannot multiply [2,3] with [5,3]'],
    [BAD, 'Gemm', {}, [f(2, 3), f(3, 5), f(4)], 'cannot combine the shapes [2,5] and [4]'],
    [BAD, 'Einsum', { equation: 'ij,jk->ik' }, [f(2, 3), f(4, 5)], 'has both 3 and 4 for "j"'],
    [
      BAD,
      'Concat',
      { axis: 1 },
      [f(1, 2, 3), f(1, 2, 4)],
      'cannot join float32 [1,2,3] and float32 [1,2,4] along axis 1',
    ],
    [BAD, 'Concat', { axis: 3 }, [f(1, 2, 3)], 'has axis 3, outside the 3 axes'],
    [BAD, 'Split', { axis: 1, num_outputs: 2 }, [f(1, 4)], 'cannot split 4 into 1 parts'],
    [BAD, 'Slice', {}, [f(4), i(0), i(2), i(0), i(0)], 'has a step of 0'],
    [BAD, 'Slice', {}, [f(4, 4), i(0, 0), i(2), i(0, 1)], '2 starts, 1 ends'],
    [
      BAD,
      'Pad',
      { mode: 'reflect' },
      [f(4), i(4, 0)],
      'cannot fill pads of 4 and 0 by mode reflect from 4 values',
    ],
    [BAD, 'Pad', {}, [f(4, 4), i(1, 1)], 'has 2 pads for 2 axes'],
    [BAD, 'Pad', {}, [f(2), i(-2, -1)], 'would give the impossible shape [-1]'],
    [BAD, 'Reshape', {}, [f(2, 3), i(4, -1)], 'cannot give [2,3] the shape [4,-1]'],
    [BAD, 'Reshape', {}, [f(2, 3), i(-1, -1)], 'cannot give [2,3] the shape [-1,-1]'],
    [BAD, 'Reshape', {}, [f(2, 3), i(2, 3, 0)], 'reads axis 2'],
    [NOT, 'Reshape', {}, [f(2, 3), unknown(2)], 'has shape computed from the image'],
    [BAD, 'Squeeze', {}, [f(2, 3), i(0)], 'cannot remove axis 0 of [2,3]'],
    [BAD, 'Unsqueeze', {}, [f(2), i(0, -3)], 'names an axis twice'],
    [BAD, 'Transpose', { perm: [0, 0] }, [f(2, 3)], 'has perm [0,0]'],
    [BAD, 'Expand', {}, [f(2, 3), i(2, 2)], 'cannot combine'],
    [BAD, 'Tile', {}, [f(2, 3), i(2)], 'repeats [2,3] by [2]'],
    [BAD, 'DepthToSpace', { blocksize: 2 }, [f(1, 6, 2, 2)], 'cannot spread 6 channels over blocks of 2×2'],
    [NOT, 'SpaceToDepth', { blocksize: 2 }, [f(1, 6, 3, 2)], 'multiples of 2, but gets 3×2'],
    [BAD, 'Gather', {}, [i(1, 2), i(2)], 'reads index 2 of 2'],
    [BAD, 'GatherElements', {}, [f(2, 3), unknown(2, 4)], 'has indices of shape [2,4] for [2,3]'],
    [
      BAD,
      'ScatterND',
      {},
      [f(3, 4), unknown(2, 1), f(2, 3)],
      'has updates of shape [2,3] where [2,4] is needed',
    ],
    [BAD, 'TopK', {}, [f(3), i(4)], 'asks for the best 4 of 3'],
    [BAD, 'Resize', {}, [f(1, 1, 3, 3)], 'needs either scales or sizes'],
    [BAD, 'Resize', {}, [f(1, 1, 3, 3), undefined, undefined, i(3, 3)], 'has sizes [3,3] for 4 axes'],
    [NOT, 'NonZero', {}, [f(3)], 'computed from the image'],
    [NOT, 'Cast', { to: 11 }, [f(3)], 'asks for element type 11'],
    // ONNX Runtime ends the process at these.
    [BAD, 'Div', {}, [i(3), i(0)], 'divides a whole number by 0'],
    [BAD, 'Mod', {}, [i(3), i(0)], 'divides a whole number by 0'],
    [BAD, 'Range', {}, [i(0), i(3), i(0)], 'has a delta of 0'],
    // Far too large.
    [NOT, 'Expand', {}, [f(1), i(65536, 32769)], 'would give the shape [65536,32769]'],
    [NOT, 'ConstantOfShape', {}, [i(1e6, 1e6)], 'more than 2147483648 elements'],
    [NOT, 'constructor', {}, [], 'constructor ("it")'],
  ])('%s: %s %o', (code, op, attributes, inputs, problem) => {
    const error = refusal(() => inferNode(nodeOf(op, attributes, inputs.length), inputs));
    expect(error.code).toBe(code);
    for (const part of [op, '"it"', problem]) expect(error.message).toContain(part);
  });
});

describe('inferShapes', () => {
  it('lists every unknown operator with its nodes', () => {
    const graph = chain(nodeOf('Loop'), nodeOf('Relu'), nodeOf('Loop'), nodeOf('com.microsoft.FusedConv'));
    expect([...unknownOperators(graph)]).toEqual([
      ['Loop', ['n0', 'n2']],
      ['com.microsoft.FusedConv', ['n3']],
    ]);
    const error = refusal(() => inferShapes(graph, { t0: [1, 3, 8, 8] }));
    expect(error.code).toBe(NOT);
    expect(error.message).toContain('Loop ("n0", "n2"); com.microsoft.FusedConv ("n3")');
  });

  it('explains a window that does not fit by the size of the picture, width first', () => {
    const graph = chain(pool(3, 2), pool(7, 1));
    expect(() => inferShapes(graph, { t0: [1, 3, 12, 14] })).toThrow(
      expect.objectContaining({
        code: SMALL,
        message:
          'The input of 14×12 pixels is too small for "n1" (AveragePool 7×7): it gets 5×6 values and needs at least 7×7.',
      }),
    );
  });

  it.each([[[1, 3, 8]], [[1, 3, 8, 0]], [[1, 3, 8, -1]], [[1, 3, 8, 2.5]]])(
    'refuses the input shape %o',
    (dims) => {
      expect(() => inferShapes(chain(nodeOf('Relu')), { t0: dims })).toThrow(
        expect.objectContaining({ code: BAD }),
      );
    },
  );

  it('needs a shape for an input with free sizes, and none for a fixed one', () => {
    const graph = chain(nodeOf('Relu'));
    expect(() => inferShapes(graph, {})).toThrow(expect.objectContaining({ code: BAD }));
    const fixed: Graph = { ...graph, inputs: [{ name: 't0', type: 'float32', dims: [1, 3, 8, 8] }] };
    expect(inferShapes(fixed, {}).get('t1')?.dims).toEqual([1, 3, 8, 8]);
  });

  it('refuses a node that reads what nothing has written', () => {
    const graph = chain({ ...nodeOf('Relu'), inputs: ['ghost'] });
    expect(() => inferShapes(graph, { t0: [1, 3, 8, 8] })).toThrow('reads "ghost"');
  });

  it('gives constants their value, unless they are weights', () => {
    const constants = new Map<string, Tensor>([
      ['weights', float32(new Float32Array(1000))],
      ['scales', float32([1, 1, 2, 2])],
      ['shape', int64([1, -1])],
      ['mask', bool([true])],
    ]);
    const infos = inferShapes({ ...chain(), constants }, { t0: [1, 3, 8, 8] });
    expect([...constants.keys()].filter((name) => infos.get(name)?.value !== undefined)).toEqual([
      'scales',
      'shape',
      'mask',
    ]);
  });
});

describe('smallestInput', () => {
  it.each<[string, Node[], number]>([
    ['any size', [nodeOf('Relu')], 1],
    ['one window', [pool(3, 2)], 3],
    ['a chain of windows', [pool(3, 2), pool(7, 1)], 15],
    ['windows and blocks', [pool(3, 2), nodeOf('SpaceToDepth', { blocksize: 4 })], 9],
    ['a fixed size', [nodeOf('Reshape', {}, 2)], 20],
  ])('finds %s', (_, nodes, size) => {
    const graph = { ...chain(...nodes), constants: new Map([['c1', int64([1, 1200])]]) };
    expect(smallestInput(graph, 't0')).toBe(size);
  });

  it('asks only for what the targets need', () => {
    expect(smallestInput(chain(pool(3, 2), pool(7, 1)), 't0', { targets: ['t1'] })).toBe(3);
  });

  it('says what is wrong with the largest size when none works', () => {
    const graph = chain(pool(30, 1));
    expect(() => smallestInput(graph, 't0', { limit: 20 })).toThrow('The input of 20×20 pixels is too small');
  });
});

function nodeOf(op: string, attributes: Record<string, Attribute> = {}, inputs = 1): Node {
  const names = Array.from({ length: inputs }, (_, index) => `c${index}`);
  return { op, name: 'it', inputs: names, outputs: ['y'], attributes };
}

function pool(size: number, stride: number): Node {
  return nodeOf('AveragePool', { kernel_shape: [size, size], strides: [stride, stride] });
}

/** Nodes one after another, from the image `t0` to `t1`, `t2`, …; their first input is replaced. */
function chain(...nodes: Node[]): Graph {
  return {
    name: 'test',
    inputs: [{ name: 't0', type: 'float32', dims: ['N', 3, 'H', 'W'] }],
    outputs: [`t${nodes.length}`],
    nodes: nodes.map((node, index) => ({
      ...node,
      name: `n${index}`,
      inputs: node.inputs.map((name) => (name === 'c0' ? `t${index}` : name)),
      outputs: [`t${index + 1}`],
    })),
    constants: new Map(),
  };
}
