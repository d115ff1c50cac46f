/** What is made of a network that comes without a card: its family, how it takes pictures, what its classes are called, and why. */
import type { Certainty } from '../../../shared/contract/models.ts';
import type { ReadNetwork } from '../formats/network.ts';
import type { Input } from '../graph/graph.ts';
import { usablePart } from '../graph/usable.ts';
import { shapeFacts, type Card, type PictureShape, type Preprocessing } from './card.ts';
import { CONVENTIONS } from '../../../shared/conventions.ts';
import { evidenceOf, type Evidence } from './evidence.ts';
import type { Affine } from './input-affine.ts';
import { KNOWN_NETWORKS, type KnownNetwork } from './known-networks.ts';
import { loadLabels } from './labels.ts';
import { ownSide } from './own-side.ts';
import { answerOf, classesIn, type Answer } from './scores.ts';

export interface Recognised {
  readonly family: string | null;
  readonly card: Card;
  /** How many classes it tells apart; `null` for one that is no classifier. */
  readonly classes: number | null;
}

interface Guess {
  readonly certainty: Certainty;
  readonly convention: Pick<Preprocessing, 'channelOrder' | 'mean' | 'std'>;
  /** A sentence. */
  readonly why: string;
}

const WHITE = 255;

/** Looks at a network whose one input is a batch of images. */
export async function recognise(network: ReadNetwork, input: Input): Promise<Recognised> {
  const evidence = evidenceOf(network.graph, input, network);
  const known = KNOWN_NETWORKS.find(({ matches }) => matches(evidence));
  const family =
    known === undefined ? null : typeof known.name === 'string' ? known.name : known.name(evidence);
  const guess = guessConvention(evidence, known, family);
  const { layout, channels } = evidence;
  const dimsOf = ({ width, height }: PictureShape): number[] =>
    layout === 'NHWC' ? [1, height, width, channels] : [1, channels, height, width];
  const { graph } = usablePart(network.graph);
  const squareOf = (side: number): PictureShape => ({ width: side, height: side });
  const shape =
    evidence.shape ?? squareOf(ownSide(graph, (side) => dimsOf(squareOf(side)), known?.size ?? 224));
  const answer = answerOf(graph, dimsOf(shape), { logits: known?.logits });
  const classes = classesIn(answer);
  const labels = await guessLabels(answer, known);
  const { channelOrder, mean, std } = guess.convention;
  const card: Card = {
    ...(family === null ? {} : { title: family }),
    preprocessing: { layout, channelOrder, mean, std, ...shapeFacts(shape) },
    certainty: guess.certainty,
    why: `${guess.why} ${labels.why}`,
    guessed: guess.certainty === 'unsure',
    ...(known?.logits === undefined ? {} : { logits: known.logits }),
    ...(labels.list === undefined ? {} : { labels: labels.list }),
    labelsName: labels.name,
    dreamLayers: [],
    aliases: {},
    source: null,
    licence: null,
  };
  return { family, card, classes };
}

/** What is in the graph outweighs what its file hints at, which outweighs the habits of its family. */
function guessConvention(evidence: Evidence, known: KnownNetwork | undefined, family: string | null): Guess {
  const is = known === undefined ? '' : `Its layers are those of ${family ?? ''}, ${known.published}. `;
  if (evidence.channels === 1) return grey(evidence);
  const inside = evidence.affine === null ? undefined : expected(evidence.affine);
  if (inside !== undefined) {
    const certainty = known === undefined ? 'likely' : 'known';
    return {
      certainty,
      convention: inside,
      why: `${is}It prepares pictures itself, so it is given ${inside.words}.`,
    };
  }
  if (evidence.levels) {
    const why = `${is}It reads whole numbers, so it is given ${CONVENTIONS.levels.words}.`;
    return { certainty: known === undefined ? 'likely' : 'known', convention: CONVENTIONS.levels, why };
  }
  const { mean, scale } = evidence.hints;
  if (mean !== undefined || scale !== undefined) {
    const std = scale === undefined ? [1, 1, 1] : [1 / scale, 1 / scale, 1 / scale];
    const convention = { channelOrder: 'BGR' as const, mean: mean ?? [0, 0, 0], std };
    return { certainty: 'known', convention, why: `${is}Its file says what was subtracted in training.` };
  }
  if (known !== undefined) {
    const convention = CONVENTIONS[known.convention];
    return { certainty: known.certainty, convention, why: `${is}Those take ${convention.words}.` };
  }
  return byFramework(evidence);
}

/** The habit of the framework that wrote a network of no known family. */
function byFramework({ format, has }: Evidence): Guess {
  if (format === 'caffe') {
    const why = `It is a Caffe network of no family that Reverie knows; most take ${CONVENTIONS.caffe.words}.`;
    return { certainty: 'likely', convention: CONVENTIONS.caffe, why };
  }
  if (format === 'tensorflow' || has(/^StatefulPartitionedCall|\/Conv2D(__\d+)?(:0)?$/)) {
    const why = `It comes from TensorFlow and is of no family that Reverie knows; many take ${CONVENTIONS.symmetric.words}.`;
    return { certainty: 'unsure', convention: CONVENTIONS.symmetric, why };
  }
  const torch = has(/^\/.*_output_0$|^onnx::/) ? 'It comes from PyTorch and is' : 'It is';
  const why = `${torch} of no family that Reverie knows; most networks take ${CONVENTIONS.torch.words}: check it with a photo.`;
  return { certainty: 'unsure', convention: CONVENTIONS.torch, why };
}

function grey({ affine, levels }: Evidence): Guess {
  const unit = !levels && (affine === null || Math.max(...affine.offset.map(Math.abs)) < 2);
  const convention = { channelOrder: 'RGB' as const, mean: [0], std: [unit ? WHITE : 1] };
  const why = `It sees grey pictures, which are given as numbers from 0 to ${unit ? '1' : '255'}: check it with a photo.`;
  return { certainty: 'unsure', convention, why };
}

/**
 * What a network expects that begins with an affine map, told by what the map makes zero: middle grey of 0…255 or of 0…1.
 * Maps that centre nothing (a batch normalisation of pictures that are prepared already) tell nothing.
 */
function expected({ factor, offset }: Affine): (typeof CONVENTIONS)['levels' | 'unit'] | undefined {
  const centres = factor.map((f, i) => -(offset[i] ?? offset[0] ?? 0) / f);
  const within = (low: number, high: number): boolean => centres.every((c) => c >= low && c <= high);
  if (within(90, 140)) return CONVENTIONS.levels;
  if (within(0.35, 0.6)) return CONVENTIONS.unit;
  // Only divided: by 255, or to 1/255 as Keras' Rescaling does.
  const scaled = factor.every((f) => f > 0.9 / WHITE && f < 3 / WHITE);
  return scaled ? CONVENTIONS.levels : undefined;
}

interface Labels {
  readonly list?: readonly string[];
  readonly name: string | null;
  readonly why: string;
}

async function guessLabels(answer: Answer, known: KnownNetwork | undefined): Promise<Labels> {
  const classes = classesIn(answer);
  if (classes === null) return { name: null, why: featuresWhy(answer) };
  if (answer.kind === 'sigmoid') return { name: null, why: sigmoidWhy(classes) };
  const named = known?.labels ?? undefined;
  const name = named ?? LABELS_BY_COUNT[classes];
  if (name === undefined || (known?.labels === null && named === undefined)) {
    return { name: null, why: `The names of its ${classes} classes are not known; bring a list of them.` };
  }
  const list = await loadLabels(name, '');
  return { list, name, why: `Its ${classes} classes are taken for ImageNet's.` };
}

function featuresWhy({ output, dims }: Answer): string {
  const [, count = 0, ...rest] = dims;
  const vector = dims.length > 1 && rest.every((size) => size === 1);
  return vector ? `It is no classifier: "${output}" gives ${count} features.` : 'It is no classifier.';
}

const sigmoidWhy = (classes: number): string =>
  classes === 1
    ? 'It answers yes or no, by one sigmoid.'
    : `It tells ${classes} things, each by a sigmoid of its own; bring a list of their names.`;

const LABELS_BY_COUNT: Readonly<Record<number, string>> = { 1000: 'imagenet', 1001: 'imagenet-1001' };
