/**
 * Functions of an ONNX file, operators that it defines by others (as PyTorch 2's exporter does with modules): every call is
 * replaced by the nodes of the function's body, before anything else looks at the graph.
 */
import { ReverieError } from '../../../../shared/errors.ts';
import { AttributeType } from './schema.ts';
import type { AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto } from './schema.ts';
import { integerOf } from '../protobuf.ts';

/** Functions that call each other twice each grow without bound; real networks stay far below. */
const MOST_NODES = 50_000;

/** A name in the body, as the graph around it has it. */
type Renaming = (name: string) => string;

/**
 * The nodes of a model's graph without calls of its own functions. Tensors within a body are called after the call,
 * `block1/hidden`.
 * @throws ReverieError `model/unsupported` for functions that call themselves, that come to too much, or that are written in
 * another version of the standard operators than the graph
 */
export function inlineFunctions({ functions = [], graph, opsetImport }: ModelProto): NodeProto[] {
  const nodes = graph?.node ?? [];
  if (functions.length === 0) return nodes;
  const version = standardVersion(opsetImport);
  const known = new Map(functions.map((f) => [keyOf(f.domain, f.name, f.overload), f]));
  const calls = new Map<string, number>();
  let count = 0;

  function* inlined(node: NodeProto, within: readonly FunctionProto[]): Generator<NodeProto> {
    const called = known.get(keyOf(node.domain, node.opType, node.overload));
    if (called === undefined) {
      if (++count > MOST_NODES)
        throw unsupported(
          called,
          `comes to more than ${MOST_NODES} operators once its calls are written out`,
        );
      yield withSubgraphs(node, (inner) => inner.flatMap((child) => [...inlined(child, within)]));
      return;
    }
    if (within.includes(called)) throw unsupported(called, 'calls itself');
    const own = standardVersion(called.opsetImport);
    if (own !== undefined && version !== undefined && own !== version)
      throw unsupported(called, `is written in operator set ${own}, and the network in ${version}`);
    const prefix = unique(
      calls,
      node.name || (node.output?.find((name) => name !== '') ?? called.name ?? ''),
    );
    const names = new Map<string, string>();
    called.input?.forEach((name, i) => names.set(name, node.input?.[i] ?? ''));
    called.output?.forEach((name, i) => names.set(name, node.output?.[i] || `${prefix}/${name}`));
    const rename: Renaming = (name) => (name === '' ? '' : (names.get(name) ?? `${prefix}/${name}`));
    const attributes = attributesOf(called, node);
    for (const inner of called.node ?? [])
      yield* inlined(renamed(inner, rename, prefix, attributes), [...within, called]);
  }
  return nodes.flatMap((node) => [...inlined(node, [])]);
}

const keyOf = (domain = '', name = '', overload = ''): string => JSON.stringify([domain, name, overload]);

/** The version of the standard operators among those that are imported. */
function standardVersion(imports: FunctionProto['opsetImport']): number | undefined {
  const standard = imports?.find(({ domain = '' }) => domain === '' || domain === 'ai.onnx');
  return standard === undefined ? undefined : integerOf(standard.version);
}

/** What a function's attributes are in one call: as the call says, else as the function does. */
function attributesOf(called: FunctionProto, call: NodeProto): ReadonlyMap<string, AttributeProto> {
  const entries = [...(called.attributeProto ?? []), ...(call.attribute ?? [])];
  return new Map(entries.map((attribute) => [attribute.name ?? '', attribute]));
}

function renamed(
  node: NodeProto,
  rename: Renaming,
  prefix: string,
  values: ReadonlyMap<string, AttributeProto>,
): NodeProto {
  const attribute = (node.attribute ?? []).flatMap((own): AttributeProto[] => {
    if (!own.refAttrName) return [own];
    // An attribute that neither the call nor the function sets has the operator's own default.
    const value = values.get(own.refAttrName);
    return value === undefined ? [] : [{ ...value, name: own.name ?? '' }];
  });
  const inner = (nodes: NodeProto[]): NodeProto[] =>
    nodes.map((child) => renamed(child, rename, prefix, values));
  const changed = withSubgraphs({ ...node, attribute }, inner, rename);
  return {
    ...changed,
    name: `${prefix}/${node.name || (node.output?.[0] ?? '')}`,
    input: (node.input ?? []).map(rename),
    output: (node.output ?? []).map(rename),
  };
}

/** A node with other nodes in the graphs that it holds, and with other names for what these define. */
function withSubgraphs(
  node: NodeProto,
  change: (nodes: NodeProto[]) => NodeProto[],
  rename: Renaming = (name) => name,
): NodeProto {
  if (!node.attribute?.some(isGraph)) return node;
  const named = <T extends { name?: string }>(items: readonly T[] = []): T[] =>
    items.map((item) => ({ ...item, name: rename(item.name ?? '') }));
  const changed = (graph: GraphProto): GraphProto => ({
    ...graph,
    node: change(graph.node ?? []),
    initializer: named(graph.initializer),
    input: named(graph.input),
    output: named(graph.output),
  });
  const attribute = node.attribute.map((own) =>
    isGraph(own) && own.g ? { ...own, g: changed(own.g) } : own,
  );
  return { ...node, attribute };
}

const isGraph = ({ type }: AttributeProto): boolean => type === AttributeType.GRAPH;

function unique(used: Map<string, number>, wish: string): string {
  const count = (used.get(wish) ?? 0) + 1;
  used.set(wish, count);
  return count === 1 ? wish : `${wish}_${count}`;
}

function unsupported(called: FunctionProto | undefined, problem: string): ReverieError {
  const message = `The network's function "${called?.name ?? ''}" ${problem}; export the network without functions.`;
  return new ReverieError('model/unsupported', message);
}
