/**
 * The state of a visualisation in a file, exact to the bit. Layout: a line that says after which step, a line of JSON with what is
 * small, then for each batch its parameters and Adam's two means as float64.
 */
import { readFile } from 'node:fs/promises';
import type { Checkpointing } from '../../../../shared/methods/request.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import { isRecord } from '../../../../shared/schema.ts';
import type { AdamState } from '../../ascent/adam.ts';
import { writeAtomically } from '../../../files/whole-file.ts';
import { CheckpointPace } from '../common/checkpoint-pace.ts';
import type { RescuingGradient, RescueState } from './rescuing-gradient.ts';
import type { VisualizeBatch } from './plan.ts';
import type { VisualizeState, VisualizeStep } from './visualize.ts';

const MAGIC = 'reverie-visualisation-1 ';

export interface BatchState extends VisualizeState {
  readonly optimiser: AdamState;
  readonly gradient: RescueState;
}

interface VisualizeCheckpoint {
  readonly step: number;
  /** Each image's objective at the first step. */
  readonly first: readonly number[];
  readonly msTotal: number;
  readonly batches: readonly BatchState[];
}

interface Progress {
  readonly step: number;
  readonly results: readonly VisualizeStep[];
  readonly first: Float32Array;
  readonly msTotal: number;
}

/** Writes the state while a job runs: now and then, and when it is left. */
export class VisualizeKeeper {
  readonly #checkpoint: Checkpointing | null;
  readonly #batches: readonly VisualizeBatch[];
  readonly #gradients: readonly RescuingGradient[];
  readonly #before: () => Promise<void>;
  readonly #pace: CheckpointPace;
  #latest: Progress | undefined;

  /** @param before what has to be on the disk before a state */
  constructor(
    checkpoint: Checkpointing | null,
    batches: readonly VisualizeBatch[],
    gradients: readonly RescuingGradient[],
    before: () => Promise<void>,
  ) {
    this.#checkpoint = checkpoint;
    this.#batches = batches;
    this.#gradients = gradients;
    this.#before = before;
    this.#pace = new CheckpointPace(checkpoint?.everyMs ?? Infinity);
  }

  /** A batch has taken a step: until all have, there is no whole state. */
  unsettle(): void {
    this.#latest = undefined;
  }

  async keep(progress: Progress): Promise<void> {
    this.#latest = progress;
    if (this.#pace.due) await this.flush();
  }

  /** Brings the checkpoint up to the latest step, where it is whole. */
  async flush(): Promise<void> {
    const latest = this.#latest;
    await this.#pace.write(async () => {
      await this.#before();
      if (this.#checkpoint === null || latest === undefined) return;
      await writeAtomically(this.#checkpoint.path, this.#pieces(latest));
    });
    this.#latest = undefined;
  }

  /** The file, with its numbers from where they are. */
  #pieces({ step, results, first, msTotal }: Progress): (string | Uint8Array)[] {
    const small = {
      first: [...first],
      msTotal,
      batches: results.map(({ values }, i) => ({
        values: [...values],
        gradient: this.#gradients[i]?.state,
      })),
    };
    const numbers = results.flatMap(({ parameters }, i) => {
      const { mean, square } = this.#batches[i]?.optimiser.state ?? { mean: parameters, square: parameters };
      return [parameters, mean, square];
    });
    return [
      `${MAGIC}${JSON.stringify({ octave: 1, step })}\n${JSON.stringify(small)}\n`,
      ...numbers.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
    ];
  }
}

/** @throws ReverieError `image/unreadable` for a file that is damaged, or is of a job with other images */
export async function readVisualizeCheckpoint(
  path: string,
  batches: readonly VisualizeBatch[],
): Promise<VisualizeCheckpoint> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  try {
    return parse(bytes, batches);
  } catch (cause) {
    throw new ReverieError('image/unreadable', `The checkpoint "${path}" is damaged.`, {}, { cause });
  }
}

function parse(bytes: Buffer, batches: readonly VisualizeBatch[]): VisualizeCheckpoint {
  const text = (from: number): [string, number] => {
    const end = bytes.indexOf('\n', from);
    if (end < 0) throw new TypeError('no line');
    return [bytes.toString('utf8', from, end), end + 1];
  };
  const [head, second] = text(0);
  const [small, third] = text(second);
  if (!head.startsWith(MAGIC)) throw new TypeError('no checkpoint');
  const { step } = record(JSON.parse(head.slice(MAGIC.length)));
  const { first, msTotal, batches: stored } = record(JSON.parse(small));
  if (!Array.isArray(stored) || stored.length !== batches.length) throw new TypeError('other batches');
  let at = third;
  const take = (count: number): Float64Array => {
    const part = bytes.subarray(at, (at += 8 * count));
    if (part.length !== 8 * count) throw new TypeError('cut off');
    return new Float64Array(Uint8Array.from(part).buffer);
  };
  const states = batches.map(({ parametrisation: { size }, goals }, i): BatchState => {
    const { values, gradient } = record(stored[i]);
    const { opened, awake, notes } = record(gradient);
    if (numbers(values).length !== goals.length) throw new TypeError('other images');
    return {
      step: number(step),
      parameters: take(size),
      values: Float32Array.from(numbers(values)),
      optimiser: { mean: take(size), square: take(size), steps: number(step) },
      gradient: { opened: numbers(opened), awake: numbers(awake), notes: list(notes).map(String) },
    };
  });
  if (at !== bytes.length) throw new TypeError('too long');
  return { step: number(step), first: numbers(first), msTotal: number(msTotal), batches: states };
}

function record(value: unknown): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw new TypeError('not an object');
}

function list(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError('not a list');
}

const numbers = (value: unknown): number[] => list(value).map(number);

function number(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new TypeError('not a number');
}
