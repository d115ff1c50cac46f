/**
 * An installed network as the surrogate of another: its features and its own scores stay, and one linear layer on the features
 * is trained to correct the scores towards the labels of the black box.
 */
import { ReverieError } from '../../../../../shared/errors.ts';
import type { PictureShape } from '../../../models/card.ts';
import {
  FEATURES,
  HEAD,
  OFFSETS,
  SCORES,
  corrected,
  headTrainingGraph,
} from '../../../attack/black-box/head-graph.ts';
import type { Preprocessing } from '../../../attack/eot/expectation.ts';
import { argmax } from '../../../attack/goal.ts';
import { appendLossGradient, feedsFor } from '../../../attack/logit-gradient.ts';
import type { Classifier } from '../../../attack/classifier.ts';
import { forms } from '../../../gradient/forms.ts';
import type { Builder } from '../../../graph/builder.ts';
import type { Name } from '../../../graph/graph.ts';
import { float32 } from '../../../graph/tensor.ts';
import { pixelsFrom, type Pixels } from '../../../imaging/pixels.ts';
import { resize, resizeAdjoint } from '../../../imaging/resample.ts';
import { IMAGE, type Model } from '../../../models/model.ts';
import { featureTensor } from '../../../models/scores.ts';
import { Leases, draftOf } from '../../../runtime/cache.ts';
import type { Program } from '../../../runtime/runtime.ts';
import { sameClass } from '../goal.ts';
import { scoresOf } from '../../common/classify.ts';
import { BATCH, LABELS, Weights, classifierOf, type Surrogate, type TrainingSample } from './surrogate.ts';
import type { MethodContext } from '../../common/context.ts';

/** Of Adam. Features are of size 1, and a few hundred of them meet in a score. */
const RATE = 0.0005;

const TINY = 1e-6;

/** What is known of the black box: what its classes are called. */
interface KnownClasses {
  readonly model: Model;
  readonly classes: number;
}

interface Programs {
  readonly forward: Program;
  readonly backward: Program;
  readonly training: Program;
}

export class PretrainedSurrogate implements Surrogate {
  readonly weights: Weights;
  readonly #classes: number;
  readonly #features: number;
  readonly #shape: PictureShape;
  readonly #programs: Programs;
  readonly #leases: Leases;

  private constructor(
    shape: PictureShape,
    classes: number,
    features: number,
    programs: Programs,
    leases: Leases,
  ) {
    this.#shape = shape;
    this.#classes = classes;
    this.#features = features;
    this.#programs = programs;
    this.#leases = leases;
    // At zero nothing is corrected yet: it begins with the network's own scores.
    const zeros = (name: Name, dims: readonly number[]) => ({
      name,
      dims,
      values: new Float64Array(dims.reduce((product, d) => product * d, 1)),
    });
    this.weights = new Weights([zeros(HEAD, [features, classes]), zeros(OFFSETS, [classes])], RATE);
  }

  /** @throws ReverieError `model/unsupported` for a network that does not end in a linear layer, `gradient/no-rule` */
  static async create(context: MethodContext, known: KnownClasses): Promise<PretrainedSurrogate> {
    const { model, runtime, programs } = context;
    const { classes } = known;
    const key = [model.sha256, runtime.device, 'surrogate', known.model.sha256, model.preparation].join(' ');
    const rules = forms[runtime.device];
    const drawn = draw(model, known);
    const features = drawn.g.dim(drawn.features, 1);
    return Leases.for(programs, async (leases) => {
      const forward = await leases.program(`${key} features`, () =>
        draftOf(runtime, drawn.g, [drawn.features, drawn.scores]),
      );
      const backward = await leases.program(`${key} gradient`, () => {
        const { g, ...names } = draw(model, known);
        const scores = corrected(g, names.features, names.scores);
        const gradient = appendLossGradient(g, scores, IMAGE, rules);
        if (gradient === null) throw unusable(model);
        return draftOf(runtime, g, [scores, gradient]);
      });
      const shape = { batch: BATCH, features, classes, labels: LABELS };
      const training = await leases.program(`${key} training`, () => {
        const { g, outputs } = headTrainingGraph(shape, rules);
        return draftOf(runtime, g, outputs);
      });
      return new PretrainedSurrogate(model.shape, classes, features, { forward, backward, training }, leases);
    });
  }

  release(): Promise<void> {
    return this.#leases.release();
  }

  /** Features and, behind them, the network's own scores for the classes of the black box. */
  async input(seen: Pixels): Promise<Float32Array> {
    const program = this.#programs.forward;
    const [features = '', scores = ''] = program.outputs;
    const values = await program.run({ [IMAGE]: this.#image(seen) });
    return Float32Array.from([...(values[features]?.data ?? []), ...(values[scores]?.data ?? [])]);
  }

  train(samples: readonly TrainingSample[], steps: number, seed: number): Promise<void> {
    const [features, classes] = [this.#features, this.#classes];
    const inputs = (batch: readonly Float32Array[]) => {
      const known = float32(new Float32Array(BATCH * features), [BATCH, features]);
      const scores = float32(new Float32Array(BATCH * classes), [BATCH, classes]);
      for (const [i, input] of batch.entries()) {
        known.data.set(input.subarray(0, features), i * features);
        scores.data.set(input.subarray(features), i * classes);
      }
      return { [FEATURES]: known, [SCORES]: scores };
    };
    return this.weights.train(this.#programs.training, classes, samples, inputs, steps, seed);
  }

  label(input: Float32Array): Promise<number> {
    const { [HEAD]: head, [OFFSETS]: offsets } = this.weights.feeds();
    const scores = Float32Array.from(
      input.subarray(this.#features),
      (score, k) => score + (offsets?.data[k] ?? 0),
    );
    for (let i = 0; i < this.#features; i++) {
      const feature = input[i] ?? 0;
      if (feature === 0) continue;
      for (let k = 0; k < scores.length; k++)
        scores[k] = (scores[k] ?? 0) + feature * (head?.data[i * this.#classes + k] ?? 0);
    }
    return Promise.resolve(argmax(scores));
  }

  behind(preprocessing: Preprocessing): Classifier {
    const { width, height } = preprocessing.shape;
    return classifierOf(this.#classes, async (picture, loss) => {
      const program = this.#programs.backward;
      const [scores = '', gradient = ''] = program.outputs;
      const values = await program.run({
        ...this.weights.feeds(),
        ...feedsFor(loss, [1, this.#classes]),
        [IMAGE]: this.#image(pixelsFrom(width, height, preprocessing.apply(picture))),
      });
      const found = values[gradient]?.data ?? new Float32Array();
      return {
        scores: values[scores]?.data ?? new Float32Array(),
        gradient: preprocessing.adjoint(this.#resizedBack(found, preprocessing.shape)),
      };
    });
  }

  /** What the black box computes on, at this network's own size. */
  #image(seen: Pixels) {
    const { width, height } = this.#shape;
    const same = seen.width === width && seen.height === height;
    return float32((same ? seen : resize(seen, width, height, 'linear')).data, [1, 3, height, width]);
  }

  #resizedBack(gradient: Float32Array, to: PictureShape): Float32Array {
    const { width, height } = this.#shape;
    if (to.width === width && to.height === height) return gradient;
    return resizeAdjoint(pixelsFrom(width, height, gradient), to.width, to.height, 'linear').data;
  }
}

const unusable = ({ name }: Model): ReverieError =>
  new ReverieError(
    'model/unsupported',
    `"${name}" does not end in a layer of scores over features, so it cannot be a surrogate.`,
  );

/**
 * From `image` to features [1, F], means over places divided by their own root mean square, and scores [1, classes] in the
 * order of the black box's classes, 0 for those that the network does not know.
 */
function draw(model: Model, known: KnownClasses): { g: Builder; features: Name; scores: Name } {
  const target = scoresOf(model);
  const source = featureTensor(model.graph, target);
  if (source === null || model.classes === null) throw unusable(model);
  const g = model.build(model.shape, [target, source]);
  const places = g
    .dims(source)
    .map((_, axis) => axis)
    .slice(2);
  const mean = places.length === 0 ? source : g.reduce('ReduceMean', source, places, false);
  const size = g.unary('Sqrt', g.add(g.reduce('ReduceMean', g.square(mean), [1], true), g.scalar(TINY)));
  const own = g.dim(target, 1);
  const flat = g.reshape(target, [1, own]);
  return { g, features: g.div(mean, size), scores: translated(g, flat, model, known) };
}

/** Scores in the order of another network's classes. */
function translated(g: Builder, scores: Name, model: Model, known: KnownClasses): Name {
  const own = g.dim(scores, 1);
  const table = new Float32Array(own * known.classes);
  let moved = own !== known.classes;
  for (let k = 0; k < known.classes; k++) {
    const mine = sameClass(known.model, k, model, own);
    if (mine !== null) table[mine * known.classes + k] = 1;
    if (mine !== k) moved = true;
  }
  return moved ? g.op('MatMul', [scores, g.constant(float32(table, [own, known.classes]))]) : scores;
}
