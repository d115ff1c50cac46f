/** What a network shows of its origin: names, sizes, what it does to its input before the first convolution. */
import type { FormatHints, FormatName } from '../formats/network.ts';
import type { Graph, Input } from '../graph/graph.ts';
import { inputAffine, type Affine } from './input-affine.ts';

export interface Evidence {
  readonly format: FormatName;
  readonly input: Input;
  readonly layout: 'NCHW' | 'NHWC';
  /** Colour channels of its input. */
  readonly channels: number;
  /** Side of the pictures it was made for, where the file says so. */
  readonly size: number | null;
  readonly hints: FormatHints;
  /** Whether a tensor, node or constant has a name like this. */
  readonly has: (pattern: RegExp) => boolean;
  readonly convolutions: number;
  readonly ops: ReadonlySet<string>;
  /** Shape of the first convolution's filters; empty without one. */
  readonly first: readonly number[];
  /** What the network itself does to its input, channel by channel; `null` where it does nothing. */
  readonly affine: Affine | null;
}

/** The longest name that a mark is looked for in, in characters. */
const LONGEST_NAME = 500;

const few = (size: number | string | undefined): boolean => size === 1 || size === 3 || size === 4;
const fixed = (size: number | string | undefined): number =>
  typeof size === 'number' && size > 0 ? size : Infinity;

/** Gathers what is to be seen in a network whose input is a batch of images. */
export function evidenceOf(
  graph: Graph,
  input: Input,
  { format, hints }: { format: FormatName; hints: FormatHints },
): Evidence {
  const nhwc = few(input.dims[3]) && !few(input.dims[1]);
  const channels = input.dims[nhwc ? 3 : 1];
  const declared = Math.min(...(nhwc ? [1, 2] : [2, 3]).map((axis) => fixed(input.dims[axis])));
  const all = [...graph.nodes.flatMap(({ name, outputs }) => [name, ...outputs]), ...graph.constants.keys()];
  // Patterns lose themselves in names of a size that nobody gives.
  const names = [...new Set(all)].filter((name) => name.length <= LONGEST_NAME);
  const convolutions = graph.nodes.filter(({ op }) => op === 'Conv');
  return {
    format,
    input,
    layout: nhwc ? 'NHWC' : 'NCHW',
    channels: typeof channels === 'number' && channels > 0 ? channels : 3,
    size: hints.size ?? (Number.isFinite(declared) ? declared : null),
    hints,
    has: (pattern) => names.some((name) => pattern.test(name)),
    convolutions: convolutions.length,
    ops: new Set(graph.nodes.map(({ op }) => op)),
    first: graph.constants.get(convolutions[0]?.inputs[1] ?? '')?.dims ?? [],
    affine: inputAffine(graph, input.name),
  };
}
