/** The layers that Caffe would have for an ONNX network of the classic kind, with the same weights. */
import { int, ints, text, float, type Graph, type Name, type Node } from '../../../graph/graph.ts';
import type { Tensor } from '../../../graph/tensor.ts';
import type { Settings, WrittenLayer } from './write-caffe.ts';

/** Layers in the order of the nodes. A ReLU runs in place, and a fully connected layer flattens its input itself. */
export function caffeLayers(graph: Graph): WrittenLayer[] {
  const { nodes } = graph;
  const blobs = new Map<Name, string>();
  const blob = (tensor: Name): string => blobs.get(tensor) ?? tensor;
  for (const { op, inputs, outputs } of nodes) {
    const [x = ''] = inputs;
    const [y = ''] = outputs;
    if (op === 'Relu') blobs.set(x, y);
    if (op === 'Flatten' && nodes.some((node) => node.op === 'Gemm' && node.inputs[0] === y)) blobs.set(y, x);
  }
  return nodes
    .filter((node) => node.op !== 'Flatten' || !blobs.has(node.outputs[0] ?? ''))
    .map((node) => ({
      ...layerOf(node, graph.constants),
      name: node.name,
      bottom: node.inputs.filter((name) => !graph.constants.has(name)).map(blob),
      top: node.outputs.map(blob),
    }));
}

function layerOf(
  node: Node,
  constants: ReadonlyMap<Name, Tensor>,
): { type: string; blobs?: readonly Tensor[]; settings?: Settings } {
  const blobs = node.inputs.flatMap((name) => constants.get(name) ?? []);
  const window = (): Settings => ({
    kernel_size: side(node, 'kernel_shape'),
    stride: side(node, 'strides'),
    pad: side(node, 'pads'),
  });
  switch (node.op) {
    case 'Conv':
      return {
        type: 'Convolution',
        blobs,
        settings: { num_output: blobs[0]?.dims[0] ?? 0, ...window(), group: int(node, 'group', 1) },
      };
    case 'Gemm':
      return { type: 'InnerProduct', blobs, settings: { num_output: blobs[0]?.dims[0] ?? 0 } };
    case 'MaxPool':
      return { type: 'Pooling', settings: { pool: 0, ...window() } };
    case 'GlobalAveragePool':
      return { type: 'Pooling', settings: { pool: 1, global_pooling: 1 } };
    case 'LRN':
      return {
        type: 'LRN',
        settings: {
          local_size: int(node, 'size', 5),
          alpha: float(node, 'alpha', 1e-4),
          beta: float(node, 'beta', 0.75),
        },
      };
    case 'Concat':
      return { type: 'Concat', settings: { concat_dim: int(node, 'axis', 1) } };
    case 'Relu':
      return { type: 'ReLU' };
    case 'Flatten':
    case 'Softmax':
      return { type: node.op };
    default:
      throw new Error(`No layer of Caffe is known for ${node.op} ${text(node, 'auto_pad', '')}.`);
  }
}

/** A size that is the same along both axes, and before and after. */
function side(node: Node, key: string): number {
  const sizes = ints(node, key, [0]);
  if (new Set(sizes).size !== 1) throw new Error(`${node.name} has the ${key} ${sizes.join()}.`);
  return sizes[0] ?? 0;
}

/** The layers with a Split wherever several read the same state of a blob, as Caffe adds them before it saves. */
export function withSplits(layers: readonly WrittenLayer[]): WrittenLayer[] {
  const result: WrittenLayer[] = [];
  const current = new Map<string, string[]>();
  layers.forEach((layer, i) => {
    const bottom = layer.bottom.map((blob) => current.get(blob)?.shift() ?? blob);
    result.push({ ...layer, bottom });
    for (const blob of layer.top) {
      const later = layers.slice(i + 1);
      const end = later.findIndex(({ top }) => top.includes(blob));
      if (end >= 0) continue;
      const readers = later.filter((other) => other.bottom.includes(blob)).length;
      if (readers < 2) continue;
      const name = `${blob}_${layer.name}_0_split`;
      const top = Array.from({ length: readers }, (_, k) => `${name}_${k}`);
      result.push({ name, type: 'Split', bottom: [blob], top });
      current.set(blob, [...top]);
    }
  });
  return result;
}
