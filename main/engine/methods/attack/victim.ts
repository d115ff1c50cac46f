/** A network under attack: its scores and their gradients, in the samples of a picture of any size. */
import type { Classifier, Loss, LossGradient } from '../../attack/classifier.ts';
import type { Preprocessing } from '../../attack/eot/expectation.ts';
import type { Goal } from '../../attack/goal.ts';
import { appendLossGradient, feedsFor } from '../../attack/logit-gradient.ts';
import { forms } from '../../gradient/forms.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import type { Name } from '../../graph/graph.ts';
import { float32 } from '../../graph/tensor.ts';
import { createPixels, pixelsFrom, type Size } from '../../imaging/pixels.ts';
import { IMAGE } from '../../models/model.ts';
import { Leases, draftOf } from '../../runtime/cache.ts';
import type { Program } from '../../runtime/runtime.ts';
import { areProbabilities, leaseScores, scoresOf } from '../common/classify.ts';
import { viewOf, type View } from '../common/view.ts';
import type { MethodContext, OpenNetwork } from '../common/context.ts';
import type { Scope } from '../common/run-job.ts';

/** Under a probability, so that its logarithm is a number. */
const TINY = 1e-30;

/** A network as a classifier of pictures of one size. */
export interface PictureClassifier extends Classifier {
  /** The part of a picture that it sees, resized. */
  readonly view: View;
  /** The same for samples without their size. */
  readonly preprocessing: Preprocessing;
  /** The network as a classifier of squares that are preprocessed already. */
  readonly preprocessed: Classifier;
}

/** A network under attack, and what it should see in the picture. */
export interface AttackedNetwork {
  readonly context: MethodContext;
  readonly classifier: PictureClassifier;
  readonly goal: Goal;
}

/** A network with the programs that an attack runs; to be released. */
export class Victim {
  readonly context: MethodContext;
  readonly classes: number;
  /** Sentences about what may make its gradients misleading. */
  readonly notes: readonly string[];
  readonly forward: Program;
  /** Null for a black box, which only answers. */
  readonly backward: Program | null;
  /** Whether the network ends in probabilities, of which the logarithms are attacked. */
  readonly logarithms: boolean;
  readonly #leases: Leases;

  private constructor(
    context: MethodContext,
    leases: Leases,
    forward: Program,
    backward: Program | null,
    { scores, notes }: Examination,
  ) {
    this.context = context;
    this.classes = scores.length;
    this.notes = notes;
    this.forward = forward;
    this.backward = backward;
    this.logarithms = areProbabilities(scores);
    this.#leases = leases;
  }

  /**
   * @param blackBox makes no program for gradients: there is none to be asked for
   * @throws ReverieError `model/unsupported` for a network that is no classifier, `gradient/no-rule`
   */
  static create(context: MethodContext, blackBox = false): Promise<Victim> {
    return Leases.for(context.programs, async (leases) => {
      const forward = leases.add(await leaseScores(context));
      const found = await examine(context, forward);
      const backward = blackBox
        ? null
        : await gradientProgram(leases, context, areProbabilities(found.scores));
      return new Victim(context, leases, forward, backward, found);
    });
  }

  /** The network as a classifier of pictures of one size. */
  at(size: Size): PictureClassifier {
    return new VictimClassifier(this, size);
  }

  /** The network with a goal, for pictures of one size. */
  towards(goal: Goal, size: Size): AttackedNetwork {
    return { context: this.context, classifier: this.at(size), goal };
  }

  release(): Promise<void> {
    return this.#leases.release();
  }
}

/** The networks that an attack is about, its own first; released when the job ends. */
export async function openVictims(
  own: MethodContext,
  names: readonly string[],
  { open, blackBox, atEnd }: { open: OpenNetwork; blackBox: boolean } & Pick<Scope, 'atEnd'>,
): Promise<[Victim, ...Victim[]]> {
  const create = async (context: MethodContext): Promise<Victim> => {
    const victim = await Victim.create(context, blackBox);
    atEnd(() => victim.release());
    return victim;
  };
  const victims: [Victim, ...Victim[]] = [await create(own)];
  for (const name of names) victims.push(await create(await open(name)));
  return victims;
}

/** Names separated by commas, as options list them. */
export const namesIn = (list: string | null): string[] =>
  (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

class VictimClassifier implements PictureClassifier {
  readonly #victim: Victim;
  readonly #size: Size;
  readonly view: View;

  constructor(victim: Victim, size: Size) {
    this.#victim = victim;
    this.#size = size;
    this.view = viewOf(size, victim.context.model.shape);
  }

  get preprocessing(): Preprocessing {
    const { view } = this;
    const { width, height } = this.#size;
    return {
      shape: view.shape,
      apply: (picture) => view.apply(pixelsFrom(width, height, picture)).data,
      adjoint: (gradient) => view.adjoint(pixelsFrom(view.shape.width, view.shape.height, gradient)).data,
    };
  }

  get preprocessed(): Classifier {
    return this.#victim.at(this.view.shape);
  }

  get classes(): number {
    return this.#victim.classes;
  }

  async scores(picture: Float32Array): Promise<Float32Array> {
    const { context, forward, logarithms } = this.#victim;
    const values = await forward.run({ [IMAGE]: this.#input(picture) });
    const scores = values[scoresOf(context.model)]?.data ?? new Float32Array();
    return logarithms ? scores.map((p) => Math.log(p + TINY)) : scores;
  }

  async differentiate(picture: Float32Array, loss: Loss): Promise<LossGradient> {
    const { backward } = this.#victim;
    if (backward === null) throw new Error('A black box has no gradient.');
    const [scores = '', gradient = ''] = backward.outputs;
    const feeds = feedsFor(loss, [1, this.classes]);
    const values = await backward.run({ [IMAGE]: this.#input(picture), ...feeds });
    const found = values[gradient]?.data;
    if (found === undefined) throw new Error('The program gave no gradient.');
    return {
      scores: values[scores]?.data ?? new Float32Array(),
      gradient: this.preprocessing.adjoint(found),
    };
  }

  #input(picture: Float32Array) {
    const { width, height } = this.view.shape;
    return float32(this.preprocessing.apply(picture), [1, 3, height, width]);
  }
}

interface Examination {
  readonly scores: Float32Array;
  readonly notes: readonly string[];
}

/** Looks at a grey picture twice. */
async function examine(context: MethodContext, program: Program): Promise<Examination> {
  const { width, height } = context.model.shape;
  const grey = float32(createPixels(width, height, 0.5).data, [1, 3, height, width]);
  const ask = async (): Promise<Float32Array> =>
    (await program.run({ [IMAGE]: grey }))[scoresOf(context.model)]?.data ?? new Float32Array();
  const scores = (await ask()).slice();
  const again = await ask();
  const notes: string[] = [];
  const name = `"${context.model.name}"`;
  if (areProbabilities(scores)) {
    notes.push(
      `${name} gives probabilities, not logits: their logarithms are attacked, and gradients vanish where it is sure.`,
    );
  }
  if (scores.some((score, i) => Math.abs(score - (again[i] ?? 0)) > 1e-4)) {
    notes.push(`${name} answers differently each time it is asked, so its gradients are noisy.`);
  }
  return { scores, notes };
}

/** The program with outputs scores [1, C] and gradient [1, 3, height, width]. */
function gradientProgram(
  leases: Leases,
  { model, runtime }: MethodContext,
  logarithms: boolean,
): Promise<Program> {
  const target = scoresOf(model);
  const how = JSON.stringify(model.card.preprocessing);
  const key = [model.sha256, runtime.device, 'attack', target, how].join(' ');
  return leases.program(key, () => {
    const g = model.build(model.shape, [target]);
    const [, classes = 0] = g.dims(target);
    const flat = g.reshape(target, [1, classes]);
    const scores: Name = logarithms ? g.unary('Log', g.add(flat, g.scalar(TINY))) : flat;
    const gradient = appendLossGradient(g, scores, IMAGE, forms[runtime.device]);
    if (gradient === null) {
      throw new ReverieError('layer/unusable', `The scores of "${model.name}" do not depend on the picture.`);
    }
    return draftOf(runtime, g, [scores, gradient]);
  });
}
