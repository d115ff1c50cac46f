/**
 * What a network answers: which of its outputs is meant, the tensor of its scores before the softmax or the sigmoids, and how these
 * are to be read.
 */
import type { AnswerKind } from '../../../shared/contract/network-card.ts';
import { ReverieError } from '../../../shared/errors.ts';
import { producers, type Graph, type Info, type Name, type Node } from '../graph/graph.ts';
import { inferShapes } from '../graph/shapes.ts';
import { traitsOf } from '../graph/traits.ts';

/** What is said of the answer by whoever knows the network, which the graph does not outweigh. */
export interface Said {
  /** The output that is meant. */
  readonly output?: Name | undefined;
  /** The tensor of the scores. */
  readonly logits?: Name | undefined;
  readonly answers?: AnswerKind | undefined;
}

export interface Answer {
  /** One of the graph's outputs. */
  readonly output: Name;
  /** What is read of it: logits where it ends in a softmax or in sigmoids, else the output itself. */
  readonly scores: Name;
  readonly kind: AnswerKind;
  /** Shape of the scores at the network's own size; empty where it cannot work on that. */
  readonly dims: readonly number[];
}

/** What outputs of class scores are called, and what outputs of features are. */
const SCORES = /logit|prob|score|class|softmax|sigmoid|predict|label/i;
const FEATURES = /embed|feature|hidden|pool|latent|descriptor|repr|encod/i;

/** Numbers of features are multiples of this far more often than numbers of classes. */
const FEATURE_COUNT = 64;

/** What each output answers, in their order. @param dims of the network's input */
export function answersOf(graph: Graph, dims: readonly number[]): Answer[] {
  const known = { made: producers(graph.nodes), infos: shapesAt(graph, dims) };
  return [...new Set(graph.outputs)].map((output) => answerAt(graph, output, known));
}

/**
 * The answer that is meant where nobody said which: class scores come before features, what is called scores before what is called
 * otherwise, and of several alike the last, as networks with helpers of their training have them.
 */
export function answerOf(
  graph: Graph,
  dims: readonly number[],
  { output, logits, answers }: Said = {},
): Answer {
  const all = answersOf(graph, dims);
  const named = all.find((answer) => answer.output === output);
  const best = all.reduce<Answer | undefined>(
    (found, answer) => (found === undefined || rank(answer) >= rank(found) ? answer : found),
    undefined,
  );
  const meant = named ?? best;
  if (meant === undefined) throw new ReverieError('model/unreadable', 'The network declares no output.');
  const known = logits !== undefined && producers(graph.nodes).has(logits);
  if (!known || (named !== undefined && !leadsTo(graph, logits, named.output)))
    return { ...meant, kind: answers ?? meant.kind };
  const shape = shapesAt(graph, dims)?.get(logits)?.dims ?? [];
  const kind = answers ?? (meant.kind === 'sigmoid' ? 'sigmoid' : isVector(shape) ? 'softmax' : 'features');
  return { output: meant.output, scores: logits, dims: shape, kind };
}

/** How many classes the numbers of an answer stand for; null for features. */
export function classesIn({ kind, dims }: Answer): number | null {
  const [, classes = 0] = dims;
  if (kind === 'features' || !isVector(dims)) return null;
  return kind === 'sigmoid' || classes > 1 ? classes : null;
}

const isVector = ([, count = 0, ...rest]: readonly number[]): boolean =>
  count > 0 && rest.every((size) => size === 1);

/** Class scores by their nature, by their name, by neither; then features. */
function rank({ output, scores, kind, dims: [, count = 0] }: Answer): number {
  if (kind === 'features') return 0;
  if (scores !== output) return 4;
  if (SCORES.test(output)) return 3;
  return count % FEATURE_COUNT === 0 ? 1 : 2;
}

interface Known {
  readonly made: ReadonlyMap<Name, Node>;
  readonly infos: ReadonlyMap<Name, Info> | null;
}

function answerAt(graph: Graph, output: Name, { made, infos }: Known): Answer {
  const dims = infos?.get(output)?.dims ?? [];
  const last = behindCarriers(output, made);
  const [source = output] = last?.inputs ?? [];
  const at = (scores: Name, kind: AnswerKind): Answer => {
    const shape = infos?.get(scores)?.dims ?? dims;
    const read = infos === null || isVector(shape) ? kind : 'features';
    return { output, scores, kind: read, dims: shape };
  };
  if (last?.op === 'Softmax' || last?.op === 'LogSoftmax') return at(source, 'softmax');
  if (last?.op === 'Sigmoid') return at(source, 'sigmoid');
  const powers = last?.op === 'Div' ? made.get(source) : undefined;
  if (powers?.op === 'Exp' && made.get(last?.inputs[1] ?? '')?.op === 'ReduceSum')
    return at(powers.inputs[0] ?? '', 'softmax');
  const [, count = 0] = dims;
  const classes = SCORES.test(output) || (!FEATURES.test(output) && endsInScores(graph, last, count, made));
  return at(output, classes && count !== 1 ? 'softmax' : 'features');
}

/** The node that makes a tensor, behind what only carries its values along. */
function behindCarriers(tensor: Name, made: ReadonlyMap<Name, Node>): Node | undefined {
  let node = made.get(tensor);
  while (node !== undefined && traitsOf(node.op)?.carries) node = made.get(node.inputs[0] ?? '');
  return node;
}

/**
 * Whether the end of a network looks like class scores: not like a norm or a gate, and not like the mean of features, which only a
 * convolution to a number of classes makes scores of.
 */
function endsInScores(
  graph: Graph,
  last: Node | undefined,
  count: number,
  made: ReadonlyMap<Name, Node>,
): boolean {
  const { role, gate } = traitsOf(last?.op ?? '') ?? {};
  if (gate) return behindCarriers(last?.inputs[0] ?? '', made)?.op === 'Softmax';
  if (role === 'normalisation' || last?.op === 'Div') return false;
  if (role !== 'pooling' && last?.op !== 'ReduceMean') return true;
  let before = behindCarriers(last?.inputs[0] ?? '', made);
  if (before !== undefined && traitsOf(before.op)?.gate)
    before = behindCarriers(before.inputs[0] ?? '', made);
  const filters = graph.constants.get(before?.inputs[1] ?? '')?.dims;
  return before?.op === 'Conv' && filters?.[2] === 1 && filters[3] === 1 && count % FEATURE_COUNT !== 0;
}

/** Whether an output depends on a tensor. */
function leadsTo({ nodes }: Graph, tensor: Name, output: Name): boolean {
  const reached = new Set([tensor]);
  for (const node of nodes)
    if (node.inputs.some((name) => reached.has(name))) for (const name of node.outputs) reached.add(name);
  return reached.has(output);
}

/** Shapes at an input's shape; null where the network cannot work on it. */
export function shapesAt(graph: Graph, dims: readonly number[]): ReadonlyMap<Name, Info> | null {
  const [input] = graph.inputs;
  if (input === undefined) return null;
  try {
    return inferShapes(graph, { [input.name]: dims });
  } catch (error) {
    if (error instanceof ReverieError) return null;
    throw error;
  }
}

/**
 * What a classifier's last linear layer reads: [N, C] or [N, C, H, W]; null where the scores come from no such layer.
 *
 * @param scores of an {@link Answer}
 */
export function featureTensor({ nodes }: Graph, scores: Name): Name | null {
  const made = producers(nodes);
  for (let node = made.get(scores); node !== undefined; node = made.get(node.inputs[0] ?? '')) {
    if (traitsOf(node.op)?.weights === 'linear') return node.inputs[0] ?? null;
  }
  return null;
}
