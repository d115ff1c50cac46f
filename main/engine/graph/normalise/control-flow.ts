/**
 * `If` and `Loop` whose conditions follow from shapes and constants, as exporters leave them behind for a squeeze or a list of
 * layers: the branch that is taken, or the turns of the loop, take their node's place. What decides by the picture cannot be
 * written out.
 */
import { subgraph, type Name, type Node, type Subgraph } from '../graph.ts';
import { bool, int64, numbers } from '../tensor.ts';
import { unsupported, type Rewriter } from './rewrite.ts';

/** A loop of more turns makes a network that nothing could run. */
const MOST_TURNS = 1000;

/** What is done with nodes that take another's place: only then are their values known to those behind. */
export interface Written {
  readonly add: (nodes: readonly Node[]) => void;
  /** A decision that was made by shapes, to be compared with the one at another size of the picture. */
  readonly decided: (node: Node, choice: number) => void;
}

/** Writes out a node that holds graphs. @returns whether it could be; `false` leaves it as it is */
export function writeOut(node: Node, at: Rewriter, { add, decided }: Written): boolean {
  if (node.op === 'If') {
    const condition = known(node.inputs[0], at);
    const branch = subgraph(node, condition === 0 ? 'else_branch' : 'then_branch');
    if (condition === undefined || branch === undefined) return false;
    decided(node, condition);
    add(inlined(branch, { wish: node.name, inputs: [], outputs: node.outputs }, at));
    return true;
  }
  const body = node.op === 'Loop' ? subgraph(node, 'body') : undefined;
  return body !== undefined && unrolled(node, body, at, { add, decided });
}

function unrolled(node: Node, body: Subgraph, at: Rewriter, { add, decided }: Written): boolean {
  const [most = '', start = '', ...rest] = node.inputs;
  const states = rest.slice(0, Math.max(body.inputs.length - 2, 0));
  const trips = most === '' ? MOST_TURNS + 1 : known(most, at);
  let going = start === '' ? 1 : known(start, at);
  if (trips === undefined || going === undefined) return false;
  let carried: readonly Name[] = states;
  const collected = body.outputs.slice(1 + states.length).map((): Name[] => []);
  let turn = 0;
  for (; turn < trips && going !== 0; turn++) {
    if (turn === MOST_TURNS) throw unsupported(node, `turns more than ${MOST_TURNS} times`);
    const wish = `${node.name}/${turn}`;
    const outputs = body.outputs.map((name) => at.fresh(`${wish}/${name}`));
    const counter = at.constant(int64([turn], []), `${wish}/turn`);
    const inputs = [counter, at.constant(bool([true], []), `${wish}/condition`), ...carried];
    add(inlined(body, { wish, inputs, outputs }, at));
    const next = known(outputs[0], at);
    if (next === undefined)
      throw unsupported(node, 'goes on as long as what it computes from the picture says');
    going = next;
    carried = outputs.slice(1, 1 + states.length);
    collected.forEach((list, i) => list.push(outputs[1 + states.length + i] ?? ''));
  }
  decided(node, turn);
  carried.forEach((name, i) => add(identity(name, node.outputs[i])));
  collected.forEach((list, i) => add(stacked(list, node.outputs[states.length + i], node, at)));
  return true;
}

/** What a loop gave in all its turns, as one tensor with an axis of turns in front. */
function stacked(turns: readonly Name[], output: Name | undefined, node: Node, at: Rewriter): Node[] {
  if (!output) return [];
  if (turns.length === 0) throw unsupported(node, 'collects the results of no turn');
  const axes = at.constant(int64([0]), `${node.name}/axes`);
  const rows = turns.map((input): Node => {
    const name = at.fresh(`${input}/row`);
    const shape =
      at.opset >= 13
        ? { inputs: [input, axes], attributes: {} }
        : { inputs: [input], attributes: { axes: [0] } };
    return { op: 'Unsqueeze', name, outputs: [name], ...shape };
  });
  const inputs = rows.flatMap((row) => row.outputs);
  return [
    ...rows,
    { op: 'Concat', name: at.fresh(output), inputs, outputs: [output], attributes: { axis: 0 } },
  ];
}

/** Where a graph within a node is put: what its inputs and outputs are outside, and what its tensors are called after. */
interface Place {
  readonly wish: string;
  readonly inputs: readonly Name[];
  readonly outputs: readonly Name[];
}

/** The nodes of a graph within a node, for the graph around it; its constants are added. */
function inlined(graph: Subgraph, { wish, inputs, outputs }: Place, at: Rewriter): Node[] {
  const names = new Map<Name, Name>(graph.inputs.map((name, i) => [name, inputs[i] ?? '']));
  for (const [name, tensor] of graph.constants) names.set(name, at.constant(tensor, `${wish}/${name}`));
  const made = new Set(graph.nodes.flatMap((node) => node.outputs.filter((name) => name !== '')));
  const passed: Node[] = [];
  graph.outputs.forEach((name, i) => {
    const outer = outputs[i] ?? '';
    if (outer === '') return;
    if (made.has(name) && !names.has(name)) names.set(name, outer);
    else passed.push(...identity(names.get(name) ?? name, outer));
  });
  for (const name of made) if (!names.has(name)) names.set(name, at.fresh(`${wish}/${name}`));
  const rename = (name: Name): Name => names.get(name) ?? name;
  return [...graph.nodes.map((node) => renamed(node, rename, at)), ...passed];
}

function renamed(node: Node, rename: (name: Name) => Name, at: Rewriter): Node {
  const attributes = Object.entries(node.attributes).map(([key, value]) => {
    const inner = subgraph(node, key);
    return [key, inner === undefined ? value : within(inner, rename, at)] as const;
  });
  return {
    ...node,
    name: at.fresh(node.name),
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
    attributes: Object.fromEntries(attributes),
  };
}

/** A graph within a graph, where it reads the one around it. */
function within(graph: Subgraph, rename: (name: Name) => Name, at: Rewriter): Subgraph {
  const own = new Set([
    ...graph.inputs,
    ...graph.constants.keys(),
    ...graph.nodes.flatMap((node) => node.outputs),
  ]);
  const outside = (name: Name): Name => (own.has(name) ? name : rename(name));
  return {
    ...graph,
    outputs: graph.outputs.map(outside),
    nodes: graph.nodes.map((node) => renamed(node, outside, at)),
  };
}

function identity(input: Name, output: Name | undefined): Node[] {
  if (!output) return [];
  return [{ op: 'Identity', name: output, inputs: [input], outputs: [output], attributes: {} }];
}

/** A number that does not depend on the picture's contents. */
function known(name: Name | undefined, at: Rewriter): number | undefined {
  const value = at.value(name) ?? at.info(name)?.value;
  return value?.data.length === 1 ? numbers(value)[0] : undefined;
}
