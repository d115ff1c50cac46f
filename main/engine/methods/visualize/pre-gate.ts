/**
 * The values of a unit before its ReLU. A unit that is silent gives no gradient behind its gate; before it, there is one
 * (TensorFlow's tutorial maximises such "pre-ReLU" layers throughout).
 */
import { isAll, type Axes } from '../../graph/axes/axis.ts';
import { layoutOf } from '../../graph/axes/layout.ts';
import { int, type Graph, type Name } from '../../graph/graph.ts';
import { operatorsWith } from '../../graph/traits.ts';
import type { Term } from '../common/targets.ts';

/** The ReLUs, and other activations behind which a unit can be silent, such as HardSwish. */
const GATES = operatorsWith(({ gate, saturates }) => gate === true || saturates === true);

/**
 * The same channel before the gate that it comes out of, through concatenations along the channels; undefined where it comes
 * out of none, or where the term speaks of more than one channel.
 *
 * @param axes of the graph's tensors, at any input size
 */
export function beforeGate(graph: Graph, term: Term, axes: ReadonlyMap<Name, Axes>): Term | undefined {
  const { selection } = term;
  if (selection.kind !== 'channel' && selection.kind !== 'neuron') return undefined;
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  let [tensor, channel] = [term.tensor, selection.channel];
  for (;;) {
    const node = makers.get(tensor);
    if (node === undefined) return undefined;
    if (GATES.has(node.op)) {
      return { ...term, tensor: node.inputs[0] ?? '', selection: { ...selection, channel } };
    }
    if (node.op !== 'Concat' || !isAll(axes.get(tensor)?.at(int(node, 'axis', 1)) ?? [], 'features'))
      return undefined;
    const from = node.inputs.find((input) => {
      const own = axes.get(input);
      const count = own === undefined ? Infinity : layoutOf(own).channels;
      if (channel < count) return true;
      channel -= count;
      return false;
    });
    if (from === undefined) return undefined;
    tensor = from;
  }
}
