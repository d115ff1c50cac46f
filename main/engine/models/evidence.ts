/** What a network shows of its origin: names, sizes, what it does to its input before the first convolution. */
import type { FormatHints, FormatName, ReadNetwork } from '../formats/network.ts';
import type { Graph, Input } from '../graph/graph.ts';
import { pictureAxes } from '../graph/picture-input.ts';
import type { PictureShape } from './card.ts';
import { inputAffine, type Affine } from './input-affine.ts';

export interface Evidence {
  readonly format: FormatName;
  readonly input: Input;
  readonly layout: 'NCHW' | 'NHWC';
  /** Colour channels of its input. */
  readonly channels: number;
  /** Width and height of the pictures it was made for, where the file says so. */
  readonly shape: PictureShape | null;
  readonly hints: FormatHints;
  /** Whether its input is declared as whole numbers. */
  readonly levels: boolean;
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

/** Gathers what is to be seen in a network whose input is a batch of images. */
export function evidenceOf(
  graph: Graph,
  input: Input,
  { format, hints, declared, levels }: Pick<ReadNetwork, 'format' | 'hints' | 'declared' | 'levels'>,
): Evidence {
  const { layout, channels } = pictureAxes(graph, input);
  const { size, shape = size === undefined ? undefined : { width: size, height: size } } = hints;
  const all = [...graph.nodes.flatMap(({ name, outputs }) => [name, ...outputs]), ...graph.constants.keys()];
  // Patterns lose themselves in names of a size that nobody gives.
  const names = [...new Set(all)].filter((name) => name.length <= LONGEST_NAME);
  const convolutions = graph.nodes.filter(({ op }) => op === 'Conv');
  return {
    format,
    input,
    layout,
    channels: channels ?? 3,
    shape: shape ?? declared,
    hints,
    levels,
    has: (pattern) => names.some((name) => pattern.test(name)),
    convolutions: convolutions.length,
    ops: new Set(graph.nodes.map(({ op }) => op)),
    first: graph.constants.get(convolutions[0]?.inputs[1] ?? '')?.dims ?? [],
    affine: inputAffine(graph, input.name),
  };
}
