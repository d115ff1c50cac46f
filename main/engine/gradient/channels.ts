/**
 * Some channels of a tensor, computed as such: of a convolution by part of its filter, of a sum from its terms. Cutting
 * them out of the whole would leave ONNX Runtime's blocked layout and come back to it.
 */
import type { Builder } from '../graph/builder.ts';
import { ints, producers, type Name, type Node } from '../graph/graph.ts';
import { filterRows } from './filters.ts';

/** The channels of a tensor from `start` up to `end`. */
type Channels = (start: number, end: number) => Name;

/** How channels of x are computed as such; undefined where they would have to be cut out of it all the same. */
export function channelsOf(g: Builder, x: Name): Channels | undefined {
  const writers = producers(g.nodes);
  const within = (name: Name): Channels | undefined => {
    const node = writers.get(name);
    if (node?.op === 'Conv') return ofConvolution(g, node);
    if (node?.op === 'Transpose') return ofChannelsLast(g, node);
    if (node?.op !== 'Add') return undefined;
    const terms = node.inputs.map((term) => (sameDims(g, term, name) ? within(term) : undefined));
    const [a, b] = terms;
    return a && b && ((start, end) => g.add(a(start, end), b(start, end)));
  };
  return within(x);
}

const sameDims = (g: Builder, a: Name, b: Name): boolean => g.dims(a).join() === g.dims(b).join();

function ofConvolution(g: Builder, { inputs, attributes }: Node): Channels | undefined {
  const [x = '', w = ''] = inputs;
  const filter = g.constantOf(w);
  // With groups, each reads channels of its own; gradients have no bias.
  if (filter?.type !== 'float32' || inputs.length > 2 || (attributes['group'] ?? 1) !== 1) return undefined;
  return (start, end) =>
    g.op('Conv', [x, g.constant(filterRows(filter, start, end), `~rows:${start}:${end}:${w}`)], attributes);
}

/** Of what was brought into order with the channels last: cut there, where a branch's are read in order by its convolutions. */
function ofChannelsLast(g: Builder, node: Node): Channels | undefined {
  const [x = ''] = node.inputs;
  if (ints(node, 'perm', []).join() !== '0,3,1,2') return undefined;
  return (start, end) => g.transpose(g.slice(x, [3], [start], [end]), [0, 3, 1, 2]);
}
