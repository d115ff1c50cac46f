/** A network as the attributions ask it: the score of a batch of pictures, with its gradient under some table of rules. */
import type { Differentiable, Scored, Gradients } from '../../attribution/differentiable.ts';
import type { LayerValues } from '../../attribution/class-activation.ts';
import { appendScore, type ClassScale } from '../../attribution/score.ts';
import { gradients } from '../../gradient/backward.ts';
import { forms } from '../../gradient/forms.ts';
import { countGates, deconvnet, guided } from '../../gradient/overrides.ts';
import type { Rules } from '../../gradient/rule.ts';
import { mapsOfLayer } from '../../graph/axes/maps.ts';
import type { Name } from '../../graph/graph.ts';
import { float32, type FloatTensor } from '../../graph/tensor.ts';
import type { PictureShape } from '../../models/card.ts';
import { IMAGE, type Model } from '../../models/model.ts';
import type { Lease } from '../../runtime/cache.ts';
import type { Values } from '../../runtime/runtime.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import type { Term } from '../common/targets.ts';
import type { MethodContext } from '../common/context.ts';

/** What the gates do to a gradient: nothing but their own, or as the guided methods want it. */
export type GateRule = 'true' | 'guided' | 'deconvnet';

export const OVERRIDES: Readonly<Record<GateRule, Rules>> = { true: {}, guided, deconvnet };

/** A score of square pictures. */
export interface ScoreOfPictures {
  readonly terms: readonly Term[];
  readonly scale: ClassScale;
  /** Width and height of the pictures in pixels. */
  readonly shape: PictureShape;
}

export interface ProgramKind {
  /** `none`: the score alone. */
  readonly gradient: GateRule | 'none';
  readonly batch: number;
  /** A tensor whose value and gradient are wanted, too. */
  readonly layer?: Name;
}

/** Score, gradient and a layer at one picture. */
export interface Look {
  readonly value: number;
  /** With respect to the pixels in [0, 1]: [3, height, width]. */
  readonly gradient: Float32Array;
  /** Where the program was made with a layer. */
  readonly layer: { readonly values: LayerValues; readonly gradient: Float32Array } | undefined;
}

interface Outputs {
  readonly value: Name;
  readonly gradient?: Name;
  readonly layer?: Name;
  readonly layerGradient?: Name;
  readonly gates: number;
}

/** One program, leased until it is released. */
export class ScoreProgram implements Differentiable, Scored {
  readonly batch: number;
  /** Gates between the picture and the score. */
  readonly gates: number;
  readonly #lease: Lease;
  readonly #outputs: Outputs;
  readonly #dims: readonly number[];
  readonly #points: Float32Array;

  private constructor({ width, height }: PictureShape, batch: number, lease: Lease, outputs: Outputs) {
    this.batch = batch;
    this.gates = outputs.gates;
    this.#lease = lease;
    this.#outputs = outputs;
    this.#dims = [batch, 3, height, width];
    this.#points = new Float32Array(batch * 3 * width * height);
  }

  /**
   * @throws ReverieError `layer/unusable` where the score does not depend on the picture or on the layer, `model/unsupported`
   * where a guided rule finds no gate, `gradient/no-rule`
   */
  static async lease(
    context: MethodContext,
    score: ScoreOfPictures,
    kind: ProgramKind,
  ): Promise<ScoreProgram> {
    const { runtime, programs } = context;
    const { batch, gradient, layer = '' } = kind;
    const key = programKey(context, score, [batch, gradient, layer]);
    const { g, outputs } = append(context, score, kind);
    const graph = g.finish(
      [outputs.value, outputs.gradient, outputs.layer, outputs.layerGradient].filter(
        (name) => name !== undefined,
      ),
    );
    const lease = await programs.lease(key, () => ({
      bytes: g.footprint(graph),
      compile: () => runtime.compile(graph),
    }));
    return new ScoreProgram(score.shape, batch, lease, outputs);
  }

  async values(points: readonly Float32Array[]): Promise<readonly number[]> {
    const found = await this.#run(points);
    return points.map((_, i) => at(found, this.#outputs.value).data[i] ?? 0);
  }

  async gradients(points: readonly Float32Array[]): Promise<Gradients> {
    const found = await this.#run(points);
    const gradients = at(found, this.#outputs.gradient).data;
    const size = gradients.length / this.batch;
    return {
      values: points.map((_, i) => at(found, this.#outputs.value).data[i] ?? 0),
      gradients: points.map((_, i) => gradients.subarray(i * size, (i + 1) * size)),
    };
  }

  /** Everything about one picture; for a program of batch 1. */
  async look(point: Float32Array): Promise<Look> {
    const found = await this.#run([point]);
    const { value, gradient, layer, layerGradient } = this.#outputs;
    return {
      value: at(found, value).data[0] ?? 0,
      gradient: at(found, gradient).data,
      layer:
        layer === undefined
          ? undefined
          : { values: layerValues(at(found, layer)), gradient: at(found, layerGradient).data },
    };
  }

  release(): Promise<void> {
    return this.#lease.release();
  }

  #run(points: readonly Float32Array[]): Promise<Values> {
    const size = this.#points.length / this.batch;
    points.forEach((point, i) => this.#points.set(point, i * size));
    return this.#lease.program.run({ [IMAGE]: float32(this.#points, this.#dims) });
  }
}

/** What a program about a score is kept by, among all programs. @param of what else it is made of */
export function programKey(
  { model, runtime }: MethodContext,
  { terms, scale, shape }: ScoreOfPictures,
  of: readonly (string | number)[],
): string {
  const objective = JSON.stringify(terms.map(({ text, weight }) => [text, weight]));
  const directions = JSON.stringify(
    terms.map(({ selection }) => (selection.kind === 'direction' ? [...selection.direction] : 0)),
  );
  const size = `${shape.width}x${shape.height}`;
  return [model.sha256, runtime.device, 'explain', scale, objective, directions, size, ...of].join(' ');
}

/** Appends score and gradients to the network. */
function append(
  { model, runtime }: MethodContext,
  { terms, scale, shape }: ScoreOfPictures,
  kind: ProgramKind,
) {
  const targets = terms.map(({ tensor }) => tensor);
  const { layer, batch } = kind;
  const g = model.build({ batch, ...shape }, layer === undefined ? targets : [...targets, layer]);
  const gates = countGates(g);
  const value = appendScore(g, terms, scale);
  if (g.dims(value)[0] !== batch) throw new Error('The network does not keep the pictures of a batch apart.');
  if (kind.gradient === 'none') return { g, outputs: { value, gates } satisfies Outputs };
  if (kind.gradient !== 'true' && gates === 0) throw withoutGates(model, kind.gradient);
  const rules = { ...forms[runtime.device], ...OVERRIDES[kind.gradient] };
  const sources = layer === undefined ? [IMAGE] : [IMAGE, layer];
  // Pictures of a batch do not see each other, so the gradient of the sum is that of each.
  const [gradient, layerGradient] = gradients(g, g.total(value), sources, rules);
  if (gradient === null || gradient === undefined || layerGradient === null) {
    const from = gradient === null ? 'the picture' : `the layer "${layer ?? ''}"`;
    throw new ReverieError('layer/unusable', `The target does not depend on ${from}.`);
  }
  const outputs: Outputs = {
    value,
    gradient,
    gates,
    ...(layer === undefined || layerGradient === undefined
      ? {}
      : { layer: mapsOfLayer(g, layer, layer), layerGradient: mapsOfLayer(g, layerGradient, layer) }),
  };
  return { g, outputs };
}

/** Refuses guided rules where there is nothing to guide. */
export const withoutGates = ({ name }: Model, rule: GateRule): ReverieError =>
  new ReverieError(
    'model/unsupported',
    `"${name}" has no ReLU or other gate between the picture and the target, so ${rule === 'guided' ? 'guided backpropagation' : 'deconvnet'} would be the plain gradient under another name; use gradient, integrated-gradients or grad-cam.`,
  );

/**
 * Pictures that one pass takes: `wished`, or 1 for a network that was exported for single pictures.
 */
export function batchOf(context: MethodContext, score: ScoreOfPictures, wished: number): number {
  const { terms, scale, shape } = score;
  try {
    const g = context.model.build(
      { batch: wished, ...shape },
      terms.map(({ tensor }) => tensor),
    );
    return g.dims(appendScore(g, terms, scale))[0] === wished ? wished : 1;
  } catch (error) {
    if (error instanceof ReverieError) return 1;
    throw error;
  }
}

function at(values: Values, name: Name | undefined): FloatTensor {
  const tensor = name === undefined ? undefined : values[name];
  if (tensor === undefined) throw new Error(`The program gave no ${name ?? 'gradient'}.`);
  return tensor;
}

/** One picture's layer; a vector has one position. */
function layerValues({ dims, data }: FloatTensor): LayerValues {
  const [, channels = 1, height = 1, width = 1] = dims;
  return { channels, height, width, data };
}
