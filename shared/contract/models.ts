/** The installed networks, what is inside one, and bringing one's own. */
import type { AnswerKind, CardChanges } from './network-card.ts';

export interface ModelList {
  models: readonly ModelSummary[];
}

/** Whose format a network's file has. */
export type NetworkFormat = 'onnx' | 'tensorflow' | 'caffe';

export interface ModelSummary {
  /** What `--model` takes. */
  id: string;
  /** Perhaps a whole sentence. */
  title: string;
  /** For menus: rarely more than 24 characters. */
  short: string;
  format: NetworkFormat;
  /** Size of its file in bytes. */
  bytes: number;
  /** Whether it is the one used when none is named. */
  default: boolean;
  /** Whether it came with Reverie, and can neither be changed nor removed. */
  shipped: boolean;
}

export interface ModelInfo {
  /** The id of an installed network, or the path it was opened by. */
  model: string;
  name: string;
  format: NetworkFormat;
  sha256: string;
  card: CardInfo;
  input: ModelInput;
  /** In the order of computation. */
  layers: readonly LayerInfo[];
  /** Trained numbers in all. */
  parameters: number;
  /** The smallest square input in pixels that every layer can work on. */
  minSize: number;
  /** How many classes it tells apart; `null` for a network that is not a classifier. */
  classes: number | null;
  /** How its scores are read. */
  answers: AnswerKind;
  /** The output that is meant, of those in `outputs`. */
  output: string;
  outputs: readonly OutputInfo[];
  /** Whether the classes have names. */
  labelled: boolean;
  /** What a dream excites when no layers are named. */
  dreamLayers: readonly string[];
  /** Whether it has ReLUs or other gates, without which guided backpropagation is the plain gradient. */
  gated: boolean;
  /** Operators that no gradient passes; empty where every layer can be dreamt of, explained and attacked. */
  withoutGradient: readonly OperatorWithoutGradient[];
  /** Operators that are not supported: they and what depends on them are left out, and everything else works. */
  unsupported: readonly UnsupportedOperator[];
}

/** One of the tensors that a network gives. */
export interface OutputInfo {
  name: string;
  /** At the network's own size, with a batch of one; empty where it cannot work on that. */
  shape: readonly number[];
  answers: AnswerKind;
  /** `null` for features. */
  classes: number | null;
}

/**
 * How sure it is how a network takes pictures: somebody said so (its card, or the user), it is a network that
 * we know, it has the marks of a family, or nothing is known and the most common convention was taken.
 */
export type Certainty = 'stated' | 'known' | 'likely' | 'unsure';

export interface UnsupportedOperator {
  operator: string;
  nodes: readonly string[];
}

/** What is known of a network beyond its file. */
export interface CardInfo {
  /** For menus: rarely more than 24 characters. */
  short: string;
  certainty: Certainty;
  /** One sentence or two for people: what the preprocessing and the labels were concluded from. */
  why: string;
  /** Where it came from: the file's name, or an address. */
  source: string | null;
  licence: string | null;
  /** Name of a shipped list (`imagenet`), or of the user's own file; `null` without names of classes. */
  labels: string | null;
}

/**
 * How a network takes pictures: `value = (grey level − mean) × scale`, per channel in the network's own
 * order.
 */
export interface ModelInput {
  name: string;
  channels: number;
  /** The size it was trained on or declares, in pixels. */
  width: number;
  height: number;
  /** Whether other sizes work. */
  free: boolean;
  layout: 'NCHW' | 'NHWC';
  order: 'rgb' | 'bgr' | 'grey';
  mean: readonly number[];
  scale: readonly number[];
}

/**
 * What a layer does in its network, told from its operator and from how many of its inputs depend on the
 * picture:
 * - `convolution` and `linear`: a map with trained weights; `product`: one of two computed matrices, as in
 *   attention;
 * - `activation`, `normalisation`, `softmax`, `pooling`, and `resampling` for other changes of size;
 * - `join`: branches meet, side by side or summed; `gating`: one branch scales another (x·sigmoid(x), squeeze
 *   and excitation);
 * - `arithmetic`: functions of single numbers, and what constants are added to or multiplied with;
 * - `rearrangement`: values are cut out, framed, picked or put elsewhere.
 */
export type LayerRole =
  | 'convolution'
  | 'linear'
  | 'product'
  | 'activation'
  | 'normalisation'
  | 'softmax'
  | 'pooling'
  | 'resampling'
  | 'join'
  | 'gating'
  | 'arithmetic'
  | 'rearrangement'
  | 'other';

/** A layer at the size that was asked for. */
export interface LayerInfo {
  name: string;
  /** Other names that people and papers use for it; `findLayer` takes them, too. */
  aliases: readonly string[];
  op: string;
  role: LayerRole;
  /** Features of each place; 0 for the weights of an attention, which have none. */
  channels: number;
  /** Its grid over the picture, or so many positions of no place in one row; 1×1 for a vector. */
  width: number;
  height: number;
  /** What its dimensions are, outermost first: `1`, `1 + 14×14 tokens`, `768 features`. */
  axes: readonly string[];
  parameters: number;
  /**
   * Side in pixels of the part of the picture that one value sees (the longer side); `null`: all of it, or
   * not known.
   */
  receptiveField: number | null;
  /** Pixels of the picture between neighbouring values; `null` where values have no place in the picture. */
  stride: number | null;
  /**
   * The layers it reads from, as places in the list; empty for one that reads the picture. All are before it.
   */
  inputs: readonly number[];
}

export interface OperatorWithoutGradient {
  operator: string;
  /** Names of the layers, or of the nodes, that use it. */
  layers: readonly string[];
}

/** A file, and what it is called where its path does not say so. */
export interface GivenFile {
  path: string;
  name: string;
}

export interface ImportModelRequest {
  /** An ONNX file, a frozen TensorFlow graph, a caffemodel, or a zip that holds one of them. */
  file: GivenFile;
  /**
   * What was given with it: prototxt, weights, labels, a card. `null`: what belongs to it is looked for
   * beside it.
   */
  companions: readonly GivenFile[] | null;
  changes: CardChanges;
}

export interface ImportedModel {
  model: ModelSummary;
  recognised: Recognition;
}

/** What Reverie makes of a network that it has never seen. */
export interface Recognition {
  /** `GoogLeNet`, `ResNet-50`; `null` for a network of no family that we know. */
  family: string | null;
  certainty: Certainty;
  /** As in {@link CardInfo}. */
  why: string;
  input: ModelInput;
  classes: number | null;
  labels: string | null;
  dreamLayers: readonly string[];
}

export interface EditModelRequest {
  model: string;
  changes: CardChanges;
}

/** Where an installed network lies: files, or one folder, that make it and nothing else. */
export interface ModelFiles {
  paths: readonly string[];
}
