/** What a network file does not say about itself: how pictures become its input, what its classes are called. */
import type { Certainty } from '../../../shared/contract/models.ts';
import type { AnswerKind } from '../../../shared/contract/network-card.ts';
import type { WeightedLayer } from '../../../shared/recipes/kinds.ts';

type ChannelOrder = 'RGB' | 'BGR';

/** Preprocessing: value = (pixel − mean) / std, with pixels 0…255, and mean and std listed in `channelOrder`. */
export interface Preprocessing {
  readonly layout: 'NCHW' | 'NHWC';
  readonly channelOrder: ChannelOrder;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** Side of the square pictures that the network was trained on; of others the shorter side. */
  readonly size: number;
  /** Their width and height, where they are not square. */
  readonly shape?: PictureShape;
}

/** In pixels. */
export interface PictureShape {
  readonly width: number;
  readonly height: number;
}

/** Width and height of the pictures that a network was trained on. */
export function pictureShape({ size, shape }: Pick<Preprocessing, 'size' | 'shape'>): PictureShape {
  return shape ?? { width: size, height: size };
}

/** Width and height as a card keeps them. */
export function shapeFacts({ width, height }: PictureShape): Pick<Preprocessing, 'size' | 'shape'> {
  const size = Math.min(width, height);
  return width === height ? { size } : { size, shape: { width, height } };
}

/** The colour, R, G, B in [0, 1], of pixels that the network gets as zeros, as near as pixels come to it. */
export function zeroColour({ mean, channelOrder }: Preprocessing): [number, number, number] {
  const own = [0, 1, 2].map((c) => Math.min(Math.max((mean[c] ?? mean[0] ?? 0) / 255, 0), 1));
  const [r = 0, g = 0, b = 0] = channelOrder === 'BGR' ? own.reverse() : own;
  return [r, g, b];
}

export interface Card {
  readonly title?: string;
  /** For menus. */
  readonly short?: string;
  readonly preprocessing: Preprocessing;
  readonly certainty: Certainty;
  /** What the preprocessing and the labels were concluded from, for people. */
  readonly why: string;
  /** True where nothing said how to preprocess, and the most common convention was taken. */
  readonly guessed: boolean;
  /** Tensor of the class scores before the softmax. */
  readonly logits?: string;
  /** The output that is meant, of a network with several. */
  readonly output?: string;
  /** How its scores are read, where the graph does not show it. */
  readonly answers?: AnswerKind;
  readonly labels?: readonly string[];
  /** Name of the shipped list that the labels are, or of the file they are in; `null` without labels. */
  readonly labelsName: string | null;
  /** Layers to dream with when none are named; empty where the card does not say. */
  readonly dreamLayers: readonly WeightedLayer[];
  /** Names that people use for layers, with the layers' own. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The name of the network that this one was distilled from. */
  readonly teacher?: string;
  readonly source: string | null;
  readonly licence: string | null;
}
