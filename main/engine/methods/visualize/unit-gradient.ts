/** Gradients of units with respect to a batch of views of images, by a program that serves all units of the same layers. */
import { diversityOf } from '../../ascent/diversity.ts';

import { exciteUnits, type Excitation } from '../../ascent/unit-objective.ts';
import { gradients } from '../../gradient/backward.ts';
import { forms } from '../../gradient/forms.ts';
import { redirectedRelu, smoothedMaxPool } from '../../gradient/overrides.ts';
import type { Name } from '../../graph/graph.ts';
import { float32, type FloatTensor } from '../../graph/tensor.ts';
import { IMAGE } from '../../models/model.ts';
import type { Lease } from '../../runtime/cache.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import { excitationsOf, feedsFor, type Goal } from './unit-goals.ts';
import type { MethodContext } from '../common/context.ts';

export interface ViewBatch {
  readonly batch: number;
  readonly width: number;
  readonly height: number;
}

interface GradientOptions {
  /** The layer whose textures are to differ between the images; `null` where they need not. */
  readonly diverse: Name | null;
  readonly cosinePower: number;
  readonly redirected: boolean;
  readonly smoothedPooling: boolean;
}

/** Weight of the diversity term, an input of the program. */
const DIVERSITY: Name = '~diversity';

export interface ValuesAndGradient {
  /** Of each image's goal. */
  readonly values: Float32Array;
  /** With respect to the views, [N, 3, H, W]. */
  readonly gradient: Float32Array;
}

export class UnitGradient {
  readonly #lease: Lease;
  readonly #feeds: Record<Name, FloatTensor>;
  readonly #dims: readonly number[];
  readonly #diverse: boolean;

  private constructor(
    lease: Lease,
    feeds: Record<Name, FloatTensor>,
    dims: readonly number[],
    diverse: boolean,
  ) {
    this.#lease = lease;
    this.#feeds = feeds;
    this.#dims = dims;
    this.#diverse = diverse;
  }

  /** To be released. @param goals one for each view of the batch */
  static async create(
    context: MethodContext,
    goals: readonly Goal[],
    view: ViewBatch,
    options: GradientOptions,
  ): Promise<UnitGradient> {
    const excitations = excitationsOf(goals);
    const tensors = [
      ...excitations.map(({ tensor }) => tensor),
      ...(options.diverse === null ? [] : [options.diverse]),
    ];
    // Shapes are asked of the graph rather than kept beside the cached program: building costs little, compiling much.
    const g = context.model.build(view, tensors);
    const { values, feeds } = exciteUnits(g, excitations, options.cosinePower);
    const lease = await context.programs.lease(keyOf(context, excitations, view, options), () => {
      let total = g.total(values);
      if (options.diverse !== null) {
        const alike = g.mul(diversityOf(g, options.diverse), g.input(DIVERSITY, []));
        total = g.sub(total, alike);
      }
      const [gradient] = gradients(g, total, [IMAGE], {
        ...forms[context.runtime.device],
        ...(options.redirected ? redirectedRelu : {}),
        ...(options.smoothedPooling ? smoothedMaxPool : {}),
      });
      if (gradient === null || gradient === undefined) {
        const names = excitations.map(({ tensor }) => `"${tensor}"`).join(', ');
        throw new ReverieError('layer/unusable', `The layer ${names} does not depend on the picture.`);
      }
      const graph = g.finish([values, gradient]);
      return { bytes: g.footprint(graph), compile: () => context.runtime.compile(graph) };
    });
    const dims = [view.batch, 3, view.height, view.width];
    return new UnitGradient(lease, feedsFor(goals, excitations, feeds), dims, options.diverse !== null);
  }

  /** @param diversity weight of the diversity term */
  async at(views: Float32Array, diversity: number): Promise<ValuesAndGradient> {
    const { program } = this.#lease;
    const [values = '', gradient = ''] = program.outputs;
    const outputs = await program.run({
      [IMAGE]: float32(views, this.#dims),
      ...this.#feeds,
      ...(this.#diverse ? { [DIVERSITY]: float32([diversity], []) } : {}),
    });
    const found = outputs[gradient]?.data;
    const scores = outputs[values]?.data;
    if (found === undefined || scores === undefined) throw new Error('The program gave no gradient.');
    return { values: scores, gradient: found };
  }

  release(): Promise<void> {
    return this.#lease.release();
  }
}

function keyOf(
  { model, runtime }: MethodContext,
  excitations: readonly Excitation[],
  { batch, width, height }: ViewBatch,
  options: GradientOptions,
): string {
  return [
    model.sha256,
    runtime.device,
    'units',
    batch,
    width,
    height,
    JSON.stringify([excitations, options]),
  ].join(' ');
}
