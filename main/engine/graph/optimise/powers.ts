/** Squares as products, and powers whose exponent is a multiple of ¼ as square roots: several times faster. */
import type { Graph, Name, Node } from '../graph.ts';

/** Beyond this, a chain of products is no faster than the power itself. */
const LARGEST = 4;

/** The exponent in quarters, where the power is worth rewriting. 1 is left alone: the runtime drops it. */
function quartersOf(graph: Graph, node: Node): number | undefined {
  const exponent = node.op === 'Pow' ? graph.constants.get(node.inputs[1] ?? '') : undefined;
  if (exponent?.type !== 'float32' || exponent.data.length !== 1 || exponent.dims.length > 0)
    return undefined;
  const quarters = 4 * (exponent.data[0] ?? 0);
  return Number.isInteger(quarters) && quarters !== 0 && quarters !== 4 && Math.abs(quarters) <= 4 * LARGEST
    ? quarters
    : undefined;
}

/** x^(q/4) as a product of x, √x and ⁴√x, and its reciprocal for q < 0. */
function rootForm(node: Node, quarters: number): Node[] {
  const [x = ''] = node.inputs;
  const nodes: Node[] = [];
  const output = node.outputs[0] ?? '';
  const append = (op: string, inputs: Name[]): Name => {
    const name = `${output}~${nodes.length}`;
    nodes.push({ op, name, inputs, outputs: [name], attributes: {} });
    return name;
  };
  const magnitude = Math.abs(quarters);
  const factors = new Array<Name>(Math.floor(magnitude / 4)).fill(x);
  if (magnitude % 4 !== 0) {
    const root = append('Sqrt', [x]);
    if (magnitude % 4 !== 1) factors.push(root);
    if (magnitude % 2 === 1) factors.push(append('Sqrt', [root]));
  }
  const product = factors.reduce((a, b) => append('Mul', [a, b]));
  if (quarters < 0) append('Reciprocal', [product]);
  const last = nodes.pop();
  return last === undefined ? [node] : [...nodes, { ...last, outputs: [output] }];
}

/** The same graph with such powers rewritten; everything keeps its name. */
export function expandPowers(graph: Graph): Graph {
  const nodes = graph.nodes.flatMap((node) => {
    const quarters = quartersOf(graph, node);
    return quarters === undefined ? [node] : rootForm(node, quarters);
  });
  const read = new Set<Name>([...graph.outputs, ...nodes.flatMap(({ inputs }) => inputs)]);
  return { ...graph, nodes, constants: new Map([...graph.constants].filter(([name]) => read.has(name))) };
}
