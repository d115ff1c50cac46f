/** Which nodes of a TensorFlow graph are the network: what its results need, in the order of computation. */
import { ReverieError } from '../../../../shared/errors.ts';
import { sortNodes, type Node } from '../../graph/graph.ts';
import { unsupported, type Operation, type Reference } from './operation.ts';

/** What ends in these is no result of a network: bookkeeping, decisions, measures. */
const BOOKKEEPING =
  /^(NoOp|Assert|ArgMax|ArgMin|TopK(V2)?|InTopK(V2)?|Equal|Print(V2)?|.*Summary(V2)?|Save(V2|Slices)?|Restore(V2|Slice)?|ShardedFilename|MergeV2Checkpoints|Assign\w*|Apply\w+|ResourceApply\w+|_Retval)$/;

export interface Network {
  /** In an order in which each comes after those it reads. */
  readonly operations: readonly Operation[];
  /** Tensors that depend on a placeholder and that nothing reads. */
  readonly results: readonly Reference[];
}

/**
 * The part of a graph that leads from placeholders to results.
 * @throws `model/unreadable` for names that are missing or given twice, and for cycles; `model/unsupported` for a graph
 * without results.
 */
export function findNetwork(all: readonly Operation[]): Network {
  const byName = index(all);
  const ends = endsOf(all);
  const fed = descendants(all, ({ op }) => op === 'Placeholder' || op === 'PlaceholderWithDefault');
  const results = ends.filter(({ name, op }) => fed.has(name) && op !== 'Placeholder');
  if (results.length === 0) {
    throw new ReverieError(
      'model/unsupported',
      fed.size === 0
        ? 'The TensorFlow graph has no Placeholder, so no input for a picture: export it with one.'
        : 'The TensorFlow graph computes nothing from its inputs.',
    );
  }
  const needed = ancestors(results, byName);
  for (const operation of needed)
    if (operation.op === 'NextIteration')
      throw unsupported(operation, 'is part of a loop; only networks without are supported');
  const nodes = all.filter((operation) => needed.has(operation)).map(skeleton);
  const operations = sortNodes(nodes).flatMap(({ name }) => byName.get(name) ?? []);
  return { operations, results: results.map(({ name }) => ({ node: name, output: 0 })) };
}

function index(all: readonly Operation[]): Map<string, Operation> {
  const byName = new Map<string, Operation>();
  for (const operation of all) {
    const { name } = operation;
    if (name === '') throw unreadable(`a node (${operation.op}) has no name`);
    if (byName.has(name)) throw unreadable(`two nodes are called "${name}"`);
    byName.set(name, operation);
  }
  return byName;
}

/** The nodes that nothing but bookkeeping reads. */
function endsOf(all: readonly Operation[]): Operation[] {
  const real = all.filter(({ op }) => !BOOKKEEPING.test(op));
  const read = new Set(real.flatMap(({ inputs }) => inputs.map(({ node }) => node)));
  return real.filter(({ name }) => !read.has(name));
}

/** The names of the nodes that `isSource` picks, and of all that depend on them. */
function descendants(all: readonly Operation[], isSource: (operation: Operation) => boolean): Set<string> {
  const readers = new Map<string, string[]>();
  for (const { name, inputs } of all) {
    for (const { node } of inputs) {
      const list = readers.get(node);
      if (list === undefined) readers.set(node, [name]);
      else list.push(name);
    }
  }
  const found = new Set<string>();
  const queue = all.filter(isSource).map(({ name }) => name);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    for (const reader of readers.get(name) ?? []) queue.push(reader);
  }
  return found;
}

function ancestors(results: readonly Operation[], byName: ReadonlyMap<string, Operation>): Set<Operation> {
  const needed = new Set<Operation>();
  const queue = [...results];
  for (let operation = queue.pop(); operation !== undefined; operation = queue.pop()) {
    if (needed.has(operation)) continue;
    needed.add(operation);
    for (const { node } of operation.inputs) {
      const source = byName.get(node);
      if (source === undefined)
        throw unreadable(`node "${operation.name}" reads "${node}", which nothing defines`);
      queue.push(source);
    }
  }
  return needed;
}

/** What sorting needs to know of a node. */
function skeleton({ name, op, inputs }: Operation): Node {
  return { op, name, inputs: inputs.map(({ node }) => node), outputs: [name], attributes: {} };
}

function unreadable(reason: string): ReverieError {
  return new ReverieError('model/unreadable', `The TensorFlow graph is damaged: ${reason}.`);
}
