/** TensorFlow's frozen graphs (`.pb`) → neutral graph. Channels last become channels first here, once and for all. */
import { ReverieError } from '../../../../shared/errors.ts';
import { OPSET, pruneNodes, type Graph } from '../../graph/graph.ts';
import { normalise } from '../../graph/normalise.ts';
import { feedPictures } from './decoding.ts';
import { foldDilations } from './dilation.ts';
import { findNetwork, type Network } from './network.ts';
import { operationOf, type Operation } from './operation.ts';
import { operators } from './operators.ts';
import { decodeGraph, type GraphDef } from './schema.ts';
import { isSavedModel, isTextGraph, looksLikeTensorflow } from './signature.ts';
import { readConstant, readPlaceholder } from './sources.ts';
import { fileAllowance } from './tensor.ts';
import { MOST_OUTPUTS, plain, Translation, type Outputs, type Value } from './translation.ts';

export { looksLikeTensorflow };

/**
 * The network in the bytes of a TensorFlow GraphDef whose weights are frozen into it, in the forms of the one operator
 * set the rest of the engine knows. Pictures go in as NCHW, of the size that the file declares or any, and every feature
 * map is NCHW. A tensor has the name of its node; nodes that only pass a tensor on are gone. The outputs are the tensors
 * that nothing reads. Operators without a meaning here are kept as `tensorflow.<operator>`.
 * @throws `model/unreadable` for anything that is not a whole graph, `model/unsupported` for one that is not frozen or
 * holds what the neutral graph cannot.
 */
export function readTensorflow(bytes: Uint8Array): Graph {
  const { operations, results } = findNetwork(feedPictures(decode(bytes).map(operationOf)));
  refuseUnfrozen(operations);
  return normalise(translate({ operations: foldDilations(operations), results }), OPSET);
}

function decode(bytes: Uint8Array): NonNullable<GraphDef['node']> {
  if (isSavedModel(bytes)) {
    throw unsupported(
      'This is a SavedModel, which keeps its weights in other files: freeze it into one graph ' +
        '(convert_variables_to_constants_v2, or freeze_graph of TensorFlow 1).',
    );
  }
  if (isTextGraph(bytes))
    throw unsupported('This is a graph in text form (.pbtxt): write it in binary form (as_text=False).');
  let nodes: GraphDef['node'];
  try {
    nodes = decodeGraph(bytes).node;
  } catch (cause) {
    if (cause instanceof ReverieError) throw cause;
    const sentence = looksLikeTensorflow(bytes)
      ? 'The TensorFlow graph is damaged or incomplete.'
      : 'This is not a TensorFlow graph: its bytes do not form a network.';
    throw new ReverieError('model/unreadable', sentence, {}, { cause });
  }
  if (nodes !== undefined && nodes.length > 0) return nodes;
  throw new ReverieError('model/unreadable', 'This is not a TensorFlow graph: it holds no nodes.');
}

/** Operators that hold or call what a frozen graph has in itself, and what to do about them. */
const UNFROZEN: readonly (readonly [pattern: RegExp, problem: string])[] = [
  [/^(Variable(V2)?|VarHandleOp|ReadVariableOp|RestoreV2|Restore)$/, 'keeps its weights outside: freeze it'],
  [/^(Stateful)?PartitionedCall$/, 'calls functions: freeze it with its functions inlined'],
  [/^(Quantize|Dequantize|Requantize|Quantized)/, 'is quantised: use the network in floats'],
];

function refuseUnfrozen(operations: readonly Operation[]): void {
  for (const [pattern, problem] of UNFROZEN) {
    const found = operations.filter(({ op }) => pattern.test(op));
    const [first] = found;
    if (first === undefined) continue;
    const others = found.length > 1 ? ` and ${found.length - 1} more` : '';
    throw unsupported(`The TensorFlow graph ${problem} (node "${first.name}", ${first.op}${others}).`);
  }
}

function translate({ operations, results }: Network): Graph {
  const t = new Translation(operations.map(({ name }) => name));
  const allowance = fileAllowance();
  const values = new Map<string, Outputs>();
  const at = ({ node, output }: Network['results'][number]): Value | null => {
    const outputs = values.get(node) ?? [];
    const value = outputs[output];
    if (value !== undefined) return value;
    throw new ReverieError(
      'model/unreadable',
      `The TensorFlow graph is damaged: node "${node}" has no output ${output}.`,
    );
  };
  const counts = outputCounts(operations);
  for (const operation of operations) {
    const inputs = operation.inputs.map(at);
    values.set(operation.name, outputsOf(operation, inputs));
  }
  function outputsOf(operation: Operation, inputs: readonly (Value | null)[]): Outputs {
    const { name, op } = operation;
    if (op === 'Const') return [readConstant(operation, allowance, t)];
    if (op === 'Placeholder') return [readPlaceholder(operation, operations, t)];
    const live = inputs.filter((value) => value !== null);
    const count = counts.get(name) ?? 1;
    // What reads from a branch that is never taken is never run, unless it joins branches.
    if (live.length < inputs.length && (op !== 'Merge' || live.length === 0))
      return new Array<null>(count).fill(null);
    const known = Object.hasOwn(operators, op) ? operators[op] : undefined;
    if (known !== undefined) return known(operation, live, t);
    const names = live.map((value) => t.asStored(value));
    return t.emitAll(operation, `tensorflow.${op}`, names, count).map(plain);
  }
  const ends = results.flatMap((reference) => at(reference)?.name ?? []);
  // Sizes and decisions are no layers; a result whose type is not known may be one.
  const outputs = new Set(ends.filter((name) => (t.info(name)?.type ?? 'float32') === 'float32'));
  const nodes = pruneNodes(t.nodes, outputs);
  return { name: '', inputs: t.inputs, outputs: [...outputs], nodes, constants: t.constants };
}

/** How many outputs of each node are read, counted from the first. */
function outputCounts(operations: readonly Operation[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name, inputs } of operations) {
    for (const { node, output } of inputs) {
      if (output >= MOST_OUTPUTS)
        throw unsupported(
          `Node "${name}" reads output ${output} of "${node}"; ${MOST_OUTPUTS} are supported.`,
        );
      counts.set(node, Math.max(counts.get(node) ?? 1, output + 1));
    }
  }
  return counts;
}

function unsupported(sentence: string): ReverieError {
  return new ReverieError('model/unsupported', sentence);
}
