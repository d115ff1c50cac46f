/** A graph on TensorFlow: its nodes are run one after the other, and each tensor is freed behind its last reader. */
import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import type { Graph, Name, Node } from '../../graph/graph.ts';
import { inferShapes } from '../../graph/shapes.ts';
import { float32, type Tensor } from '../../graph/tensor.ts';
import type { Program, Values } from '../runtime.ts';
import { Place, type Kernel } from './operator.ts';
import { operators } from './operators.ts';
import { channelsFirst, plain, type TensorFlow, type Value } from './value.ts';

interface Step {
  readonly node: Node;
  readonly kernel: Kernel;
  /** Tensors that nobody reads after this step. */
  readonly last: readonly Name[];
}

export class TensorflowProgram implements Program {
  readonly outputs: readonly Name[];
  readonly #tf: TensorFlow;
  readonly #graph: Graph;
  readonly #steps: readonly Step[];
  /** What lives as long as the program: constants, filters, maps. */
  readonly #kept: TfTensor[] = [];
  readonly #constants = new Map<Name, Value>();

  /** @throws ReverieError `device/unusable` for a graph with an operator that the runtime lacks */
  constructor(tf: TensorFlow, graph: Graph) {
    this.#tf = tf;
    this.#graph = graph;
    this.outputs = graph.outputs;
    try {
      this.#steps = this.#prepare();
    } catch (error) {
      tf.dispose(this.#kept);
      throw error;
    }
  }

  async run(feeds: Values): Promise<Values> {
    const tensors = this.#tf.tidy(() => this.evaluate(this.#fed(feeds)));
    const results: [Name, Values[Name]][] = [];
    try {
      for (const [i, name] of this.outputs.entries()) {
        const tensor = tensors[i];
        const data = await tensor?.data();
        if (tensor === undefined || !(data instanceof Float32Array))
          throw new Error(`Output "${name}" is not float32.`);
        results.push([name, float32(data, tensor.shape)]);
      }
    } finally {
      this.#tf.dispose(tensors);
    }
    return Object.fromEntries(results);
  }

  dispose(): Promise<void> {
    this.#tf.dispose(this.#kept);
    this.#kept.length = 0;
    this.#constants.clear();
    return Promise.resolve();
  }

  #prepare(): Step[] {
    const graph = this.#graph;
    const infos = inferShapes(graph, {});
    const lastReader = new Map<Name, number>();
    graph.nodes.forEach(({ inputs, outputs }, i) => {
      for (const name of [...inputs, ...outputs]) lastReader.set(name, i);
    });
    for (const name of graph.outputs) lastReader.delete(name);
    return graph.nodes.map((node, i) => {
      const place = new Place(
        this.#tf,
        node,
        node.inputs.map((name) => infos.get(name)),
        node.outputs.map((name) => infos.get(name) ?? { type: 'float32', dims: [] }),
        node.inputs.map((name) => graph.constants.get(name)),
        this.#kept,
      );
      const operator = Object.hasOwn(operators, node.op) ? operators[node.op] : undefined;
      const kernel = operator?.(place) ?? place.refuse('is an operator that it does not have');
      const names = new Set([...node.inputs, ...node.outputs]);
      return { node, kernel, last: [...names].filter((name) => lastReader.get(name) === i) };
    });
  }

  /** The inputs as tensors. */
  #fed(feeds: Values): Map<Name, TfTensor> {
    return new Map(
      this.#graph.inputs.map(({ name }) => {
        const feed = feeds[name];
        if (feed === undefined) throw new Error(`The program was not fed its input "${name}".`);
        return [name, this.#tf.tensor(feed.data, [...feed.dims])];
      }),
    );
  }

  /** The outputs as tensors of the scope around it. The inputs are freed with the rest, behind their last readers. */
  evaluate(inputs: ReadonlyMap<Name, TfTensor>): TfTensor[] {
    const tf = this.#tf;
    const values = new Map<Name, Value>();
    for (const [name, tensor] of inputs) values.set(name, plain(tensor));
    const read = (name: Name): Value => values.get(name) ?? this.#constant(name);
    for (const { node, kernel, last } of this.#steps) {
      this.#step(node, kernel, read).forEach((value, i) => {
        const name = node.outputs[i];
        if (name !== undefined && name !== '') values.set(name, value);
        else value.tensor.dispose();
      });
      for (const name of last) {
        values.get(name)?.tensor.dispose();
        values.delete(name);
      }
    }
    return this.outputs.map((name) => tf.clone(channelsFirst(tf, read(name))));
  }

  /** The outputs of one node. An input that is passed on becomes a tensor of its own, with its own life. */
  #step(node: Node, kernel: Kernel, read: (name: Name) => Value): readonly Value[] {
    const tf = this.#tf;
    const inputs = new Set<TfTensor>();
    const input = (i: number): Value => {
      const value = read(node.inputs[i] ?? '');
      inputs.add(value.tensor);
      return value;
    };
    let layouts: readonly boolean[] = [];
    const tensors = tf.tidy(() => {
      const results = asList(kernel(input));
      layouts = results.map((value) => value.channelsLast);
      return results.map(({ tensor }) => (inputs.has(tensor) ? tf.clone(tensor) : tensor));
    });
    return tensors.map((tensor, i) => ({ tensor, channelsLast: layouts[i] ?? false }));
  }

  /** A constant of the graph, handed over to the library when it is first read. */
  #constant(name: Name): Value {
    let value = this.#constants.get(name);
    if (value === undefined) {
      const constant = this.#graph.constants.get(name);
      if (constant === undefined) throw new Error(`No tensor is called "${name}".`);
      const tensor = this.#tf.keep(upload(this.#tf, constant));
      this.#kept.push(tensor);
      this.#constants.set(name, (value = plain(tensor)));
    }
    return value;
  }
}

const asList = (value: Value | readonly Value[]): readonly Value[] => ('tensor' in value ? [value] : value);

/** TensorFlow.js has no whole numbers of 64 bits; shapes and positions fit into 32. */
function upload(tf: TensorFlow, { type, data, dims }: Tensor): TfTensor {
  const shape = [...dims];
  if (type === 'float32') return tf.tensor(data, shape);
  if (type === 'bool') return tf.tensor(data, shape, 'bool');
  return tf.tensor(Int32Array.from(data, Number), shape, 'int32');
}
