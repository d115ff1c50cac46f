/** The attentions of a network by which the places of a picture look at each other, found by what dimensions mean. */
import { int, type Name, type Node } from '../graph.ts';
import { isAll, isPlaced, sizeOfGroup, type Axes, type Group } from './axis.ts';

/** The weights of one attention: each row, over the places that are looked at, adds up to 1. */
export interface Attention {
  readonly tensor: Name;
  /** The dimension of the places that look, and that of those that are looked at. */
  readonly queries: number;
  readonly keys: number;
  /** The places that look. */
  readonly tokens: Group;
  /** How many places are looked at. */
  readonly seen: number;
  /** Whether places look at each other only within their own window. */
  readonly windowed: boolean;
}

/** The attentions among nodes, in their order. */
export function attentionsIn(nodes: readonly Node[], axes: ReadonlyMap<Name, Axes>): Attention[] {
  return nodes.flatMap((node) => {
    const [tensor = ''] = node.outputs;
    const own = axes.get(tensor);
    if (node.op !== 'Softmax' || own === undefined) return [];
    const axis = int(node, 'axis', -1);
    const keys = axis < 0 ? axis + own.length : axis;
    if (!isAll(own[keys] ?? [], 'keys')) return [];
    const placed = own.flatMap((group, i) => (isPlaced(group) ? [i] : []));
    const queries = placed.at(-1);
    if (queries === undefined) return [];
    const [tokens = [], seen = []] = [own[queries], own[keys]];
    // Whatever else has a place, or may have one, divides the picture.
    const windowed = own.some((group, i) => i !== queries && (isPlaced(group) || isAll(group, 'places')));
    return [{ tensor, queries, keys, tokens, seen: sizeOfGroup(seen), windowed }];
  });
}
