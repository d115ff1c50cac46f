/**
 * Reverse-mode differentiation of a graph: walks it backwards with a table of rules and appends the gradient as ordinary
 * operators. The walker alone does what every rule would otherwise repeat: which nodes lie on the path, the sum where a
 * tensor is used several times, and the sum over broadcast axes.
 */
import { ReverieError } from '../../../shared/errors.ts';
import type { Builder } from '../graph/builder.ts';
import { dependents, type Name, type Node } from '../graph/graph.ts';
import type { Phases } from './phases.ts';
import { FLAT, refuse, type Rule, type Rules } from './rule.ts';

/** Of `nodes`, those that `objective` depends on through float tensors and operators that are not flat. */
function upstream(g: Builder, nodes: readonly Node[], objective: Name, rules: Rules): Node[] {
  const needed = new Set([objective]);
  const path: Node[] = [];
  for (const node of nodes.toReversed()) {
    if (rules[node.op] === FLAT && !node.straightThrough) continue;
    const counts = (output: Name): boolean => needed.has(output) && g.info(output).type === 'float32';
    if (!node.outputs.some(counts)) continue;
    for (const input of node.inputs) if (input !== '') needed.add(input);
    path.push(node);
  }
  return path;
}

/** Refuses a path with operators that have no rule, naming all of them and some of their nodes. */
function checkRules(nodes: Iterable<Node>, rules: Rules): void {
  const missing = new Map<string, string[]>();
  for (const node of nodes) {
    if (rules[node.op] === undefined) missing.set(node.op, [...(missing.get(node.op) ?? []), node.name]);
  }
  if (missing.size === 0) return;
  const list = [...missing].map(([op, names]) => {
    const shown = names
      .slice(0, 3)
      .map((name) => `"${name}"`)
      .join(', ');
    return `${op} (${names.length > 3 ? `${shown} and ${names.length - 3} more` : shown})`;
  });
  throw new ReverieError(
    'gradient/no-rule',
    `The network has operators without a gradient between the image and the chosen layer: ${list.join('; ')}.`,
    { operators: Object.fromEntries(missing) },
  );
}

/** As if the node returned its first input. */
const straightThrough: Rule = (_g, _node, dy) => [dy];

/** Sums a gradient of broadcast shape down to the shape of the tensor it belongs to. */
function unbroadcast(g: Builder, gradient: Name, dims: readonly number[]): Name {
  const from = g.dims(gradient);
  if (from.length === dims.length && from.every((d, i) => d === dims[i])) return gradient;
  const extra = from.length - dims.length;
  const axes = from.flatMap((d, i) => (i < extra || dims[i - extra] !== d ? [i] : []));
  const summed = axes.length === 0 ? gradient : g.reduce('ReduceSum', gradient, axes, true);
  return g.dims(summed).length === dims.length ? summed : g.reshape(summed, dims);
}

const sum = (g: Builder, parts: readonly Name[]): Name | null =>
  parts.length === 0 ? null : parts.reduce((total, part) => g.add(total, part));

/**
 * Appends the gradients of a scalar objective with respect to tensors of the graph.
 *
 * @param objective a float tensor of one element, or any float tensor when `seed` gives the gradient to start from
 * @param seed gradient of the true objective with respect to `objective`, of its shape; 1 by default
 * @returns one tensor for each of `sources`, of its shape; null where the objective does not depend on it
 * @throws ReverieError `gradient/no-rule`, naming every operator without a rule at once
 */
export function gradients(
  g: Builder,
  objective: Name,
  sources: readonly Name[],
  rules: Rules,
  seed?: Name,
): (Name | null)[] {
  const reached = dependents(g.nodes, sources);
  const nodes = g.nodes.filter(({ inputs }) => inputs.some((input) => reached.has(input)));
  const path = upstream(g, nodes, objective, rules);
  checkRules(path.toReversed(), rules);
  const collected = new Map<Name, Name[]>([[objective, [seed ?? g.expand(g.scalar(1), g.dims(objective))]]]);
  const closed = new Map<Name, Name>();
  const phases = new Map<Name, Phases>();
  for (const node of path) {
    const rule = node.straightThrough ? straightThrough : rules[node.op];
    if (rule === undefined || rule === FLAT) continue;
    const dys = node.outputs.map((output) => sum(g, collected.get(output) ?? []));
    const dy = dys[0] ?? dys.find((d) => d !== null);
    if (dy === undefined) continue;
    const wants = (i: number): boolean => {
      const name = node.inputs[i];
      return name !== undefined && reached.has(name) && g.info(name).type === 'float32';
    };
    const dxs = rule(g, node, dy, { dys, wants, rules, closed, phases });
    node.inputs.forEach((name, i) => {
      if (!wants(i)) return;
      const dx = dxs[i] ?? refuse(node, `has no gradient with respect to its input ${i + 1}, "${name}"`);
      collected.set(name, [...(collected.get(name) ?? []), unbroadcast(g, dx, g.dims(name))]);
    });
  }
  return sources.map((source) => sum(g, collected.get(source) ?? []));
}
