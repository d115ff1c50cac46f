/** A network as the measures ask it: the score of a batch of pictures and, of a class, its probability. */
import type { Answer } from '../../attribution/measures/faithfulness.ts';
import { appendScore } from '../../attribution/score.ts';
import type { Name } from '../../graph/graph.ts';
import { float32 } from '../../graph/tensor.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import { IMAGE } from '../../models/model.ts';
import type { Lease } from '../../runtime/cache.ts';
import type { MethodContext } from '../common/context.ts';
import { programKey, type ScoreOfPictures } from './score-program.ts';

/** One program, leased until it is released. */
export class AnsweringProgram {
  readonly batch: number;
  readonly #lease: Lease;
  readonly #logit: Name;
  readonly #probability: Name | null;
  readonly #dims: readonly number[];

  private constructor(lease: Lease, logit: Name, probability: Name | null, dims: readonly number[]) {
    this.batch = dims[0] ?? 1;
    this.#lease = lease;
    this.#logit = logit;
    this.#probability = probability;
    this.#dims = dims;
  }

  static async lease(
    context: MethodContext,
    score: ScoreOfPictures,
    batch: number,
  ): Promise<AnsweringProgram> {
    const { model, runtime, programs } = context;
    const { terms, shape } = score;
    const [term, ...more] = terms;
    const g = model.build(
      { batch, ...shape },
      terms.map(({ tensor }) => tensor),
    );
    const logit = appendScore(g, terms, 'logit');
    const single = term !== undefined && more.length === 0 && term.selection.kind === 'class';
    const scale = model.answer.kind === 'sigmoid' ? 'log-sigmoid' : 'log-probability';
    const probability = single ? g.unary('Exp', appendScore(g, [{ ...term, weight: 1 }], scale)) : null;
    const graph = g.finish(probability === null ? [logit] : [logit, probability]);
    const lease = await programs.lease(programKey(context, score, ['measure', batch]), () => ({
      bytes: g.footprint(graph),
      compile: () => runtime.compile(graph),
    }));
    return new AnsweringProgram(lease, logit, probability, [batch, 3, shape.height, shape.width]);
  }

  /** Of at most `batch` pictures. */
  async answers(pictures: readonly Pixels[]): Promise<Answer[]> {
    const data = new Float32Array(this.#dims.reduce((a, b) => a * b, 1));
    pictures.forEach((picture, i) => data.set(picture.data, i * picture.data.length));
    const found = await this.#lease.program.run({ [IMAGE]: float32(data, this.#dims) });
    const at = (name: Name, i: number): number => found[name]?.data[i] ?? NaN;
    return pictures.map((_, i) => ({
      logit: at(this.#logit, i),
      probability: this.#probability === null ? null : at(this.#probability, i),
    }));
  }

  release(): Promise<void> {
    return this.#lease.release();
  }
}
