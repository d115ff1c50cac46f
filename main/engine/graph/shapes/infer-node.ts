/** Shape inference of one node: looks up the rule, evaluates what is known, and names the node in errors. */
import { ReverieError } from '../../../../shared/errors.ts';
import { evaluate } from '../evaluate.ts';
import type { Info, Node } from '../graph.ts';
import { by, refuse, show, type Inputs } from './rule.ts';
import { shapeRules } from './rules.ts';

/** More elements than this in one tensor are a mistake in the network or an input far too large. */
const MOST_ELEMENTS = 2 ** 31;

/**
 * Type, shape and, where it does not depend on the image, value of every output of a node.
 * @param inputs one for each input of the node, undefined where an optional one is omitted
 * @throws `model/too-small-input`, `model/unreadable` or `model/unsupported`, naming the node and its operator.
 */
export function inferNode(node: Node, inputs: Inputs): Info[] {
  const rule = Object.hasOwn(shapeRules, node.op) ? shapeRules[node.op] : undefined;
  if (rule === undefined) throw unknownOperatorError(new Map([[node.op, [node.name]]]));
  try {
    const outputs = rule(node, inputs);
    for (const { dims } of outputs) requirePlausible(dims);
    return evaluate(node, inputs, outputs);
  } catch (error) {
    if (!(error instanceof ReverieError)) throw error;
    const message = `Node "${node.name}" (${describeNode(node, error)}) ${error.message}.`;
    throw new ReverieError(
      error.code,
      message,
      { ...error.details, node: node.name, op: node.op },
      { cause: error },
    );
  }
}

/** The operator in a sentence, with the size of its window where that is what matters: `MaxPool 3×3`. */
export function describeNode(node: Node, { details }: ReverieError): string {
  const { kernel } = details;
  return Array.isArray(kernel) && kernel.length > 0 ? `${node.op} ${by(kernel)}` : node.op;
}

export function unknownOperatorError(unknown: ReadonlyMap<string, readonly string[]>): ReverieError {
  const list = Array.from(unknown, ([op, names]) => `${op} (${names.map((name) => `"${name}"`).join(', ')})`);
  const advice = [...new Set([...unknown.keys()].map(adviceFor))].join(' or ');
  const message = `The network uses operators that are not supported: ${list.join('; ')}; ${advice}.`;
  return new ReverieError('model/unsupported', message, { operators: Object.fromEntries(unknown) });
}

/** What helps against an operator, by its kind. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/^(QLinear.*|.*Integer|DynamicQuantizeLinear)$/, 'give the network as it was before it was quantised'],
  [
    /^(If|Loop|Scan|Sequence.*|.*Sequence|Optional.*)$/,
    'export it for one size of pictures, or simplify it (onnxsim)',
  ],
  [/^(NonMaxSuppression|NonZero|TopK|Unique|StringNormalizer|Tf.*)$/, 'export it without post-processing'],
  [/\./, 'export it with standard operators only'],
];

const adviceFor = (op: string): string =>
  ADVICE.find(([pattern]) => pattern.test(op))?.[1] ?? 'export it without them';

function requirePlausible(dims: readonly number[]): void {
  let size = 1;
  for (const d of dims) {
    if (!Number.isSafeInteger(d) || d < 0)
      refuse('model/unreadable', `would give the impossible shape ${show(dims)}`);
    size *= d;
  }
  if (size > MOST_ELEMENTS) {
    refuse(
      'model/unsupported',
      `would give the shape ${show(dims)}, more than ${MOST_ELEMENTS} elements; use a smaller input`,
    );
  }
}
