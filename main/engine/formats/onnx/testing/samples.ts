/** Networks for the tests of this folder: neutral graphs, and files that our writer would not write. */
import type { Attribute, Graph, Name, Node } from '../../../graph/graph.ts';
import { float32, int64, type Tensor } from '../../../graph/tensor.ts';
import { ElementType, encode, type GraphProto, type ValueInfoProto } from '../schema.ts';

/** A node of a test network, named after its outputs. */
export function node(
  op: string,
  inputs: Name[],
  outputs: Name[],
  attributes: Record<string, Attribute> = {},
): Node {
  return { op, name: `node of ${outputs.join()}`, inputs, outputs, attributes };
}

/** A network from `x` to `outputs`. */
export function graph(nodes: Node[], constants: Record<Name, Tensor> = {}, outputs: Name[] = ['y']): Graph {
  return {
    name: 'test',
    inputs: [{ name: 'x', type: 'float32', dims: ['N', 3, -1, 'W'] }],
    outputs,
    nodes,
    constants: new Map(Object.entries(constants)),
  };
}

/** A bit of everything: the network that hostile bytes are made from. */
export const small = graph(
  [
    node('Conv', ['x', 'w', 'b'], ['c'], { pads: [1, 1, 1, 1], auto_pad: 'NOTSET', group: 1 }),
    node('Clip', ['c', '', 'six'], ['r']),
    node('Reshape', ['r', 'shape'], ['f']),
    node('Gemm', ['f', 'g'], ['y'], { alpha: 0.5, transB: 1 }),
  ],
  {
    w: float32([0.5, -1, 2], [1, 3, 1, 1]),
    b: float32([1]),
    six: float32([6], []),
    shape: int64([0, -1]),
    g: float32([1, 2, 3, 4], [1, 4]),
  },
);

/** The type of an input or output: numbers are fixed dimensions, strings free ones. */
export const tensorType = (
  elemType: number,
  ...dim: (number | string)[]
): NonNullable<ValueInfoProto['type']> => ({
  tensorType: {
    elemType,
    shape: { dim: dim.map((d) => (typeof d === 'string' ? { dimParam: d } : { dimValue: d })) },
  },
});

/** A model around parts of a graph: `y = Relu(x)` unless they say otherwise. */
export function model(parts: GraphProto, version = 20): Uint8Array {
  return encode('model', {
    irVersion: 8,
    opsetImport: [{ domain: 'ai.onnx', version }],
    graph: {
      node: [{ opType: 'Relu', input: ['x'], output: ['y'] }],
      input: [{ name: 'x', type: tensorType(ElementType.FLOAT, 1, 3, 4, 4) }],
      output: [{ name: 'y' }],
      ...parts,
    },
  });
}
