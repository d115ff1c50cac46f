/** Removal of nodes that pass a tensor on unchanged. */
import type { Name, Node } from '../graph.ts';

/** The nodes without `Identity`, except where one gives an output of the network its name. */
export function withoutIdentities(nodes: readonly Node[], outputs: readonly Name[]): Node[] {
  const final = new Set(outputs);
  const kept: Node[] = [];
  const sources = new Map<Name, Name>();
  for (const node of nodes) {
    const inputs = node.inputs.map((name) => sources.get(name) ?? name);
    const [input = ''] = inputs;
    const [output = ''] = node.outputs;
    if (node.op === 'Identity' && !final.has(output)) sources.set(output, input);
    else kept.push({ ...node, inputs });
  }
  return kept;
}
