/**
 * The envelope of every job: how it tells its beginning, its steps and its result, counts and times them, ends when it is cancelled,
 * and gives back what it has leased, however it ends. Whoever pulls sets the pace.
 */
import { throwIfCancelled } from '../../../../shared/cancellation.ts';
import type { JobEvent, Started, Step } from '../../../../shared/jobs.ts';
import type { MethodName, Results } from '../../../../shared/methods/registry.ts';
import { cancellable, type MethodContext } from './context.ts';
import { explained } from './not-finite.ts';

/** What a method itself tells of its beginning and of a step; a step it does not number is the next one, and is timed here. */
export type Told =
  | ({ kind: 'started'; notes?: readonly string[] } & Omit<Started, 'kind' | 'runtime' | 'device' | 'notes'>)
  | ({ kind: 'step'; step?: number; of?: number; ms?: number } & Omit<Step, 'kind' | 'step' | 'of' | 'ms'>);

/** What the envelope knows of a result. */
interface Measured {
  model: string;
  runtime: string;
  device: string;
  /** From the request to the result. */
  seconds: number;
  /** That were taken now. */
  steps: number;
  msPerStep: number;
}

/** What a method reports itself: what is measured may be missing, or be told better. */
export type Own<M extends MethodName> = Omit<Results[M], keyof Measured> & Partial<Results[M]>;

/** What a method's work is given beside its request. */
export interface Scope {
  /** Aborted when the job is cancelled: to be handed down into every loop. */
  readonly signal: AbortSignal | undefined;
  /** Has something given back at the end, last first, however the job ends. */
  readonly atEnd: (release: () => Promise<void> | void) => void;
}

/**
 * Runs a method's work as a job: with a network that runs no more once `signal` is aborted.
 *
 * @throws ReverieError job/cancelled after the step, or the run of the network, during which that happened
 */
export async function* runJob<M extends MethodName>(
  context: MethodContext,
  work: (context: MethodContext, scope: Scope) => AsyncGenerator<Told, Own<M>, undefined>,
  signal: AbortSignal | undefined,
): AsyncGenerator<JobEvent<Results[M]>, void, undefined> {
  const began = performance.now();
  const releases: (() => Promise<void> | void)[] = [];
  const { model, runtime } = context;
  const told = work(cancellable(context, signal), { signal, atEnd: (release) => releases.push(release) });
  let [steps, of, msTotal, since] = [0, 0, 0, began];
  try {
    for (;;) {
      const next = await told.next().catch(async (error: unknown) => {
        throw await explained(error, context, steps + 1);
      });
      if (next.done === true) {
        const seconds = (performance.now() - began) / 1000;
        const msPerStep = msTotal / Math.max(steps, 1);
        const measured: Measured = {
          model: model.name,
          runtime: runtime.name,
          device: runtime.device,
          seconds,
          steps,
          msPerStep,
        };
        // Of what is measured a result takes what it has no better figures for.
        yield { kind: 'done', result: { ...measured, ...next.value } as unknown as Results[M] };
        return;
      }
      const event = next.value;
      if (event.kind === 'started') {
        of = event.steps;
        yield { notes: [], ...event, runtime: runtime.name, device: runtime.device };
      } else {
        const ms = event.ms ?? performance.now() - since;
        steps++;
        msTotal += ms;
        yield { step: steps, of, ...event, ms };
        throwIfCancelled(signal);
      }
      since = performance.now();
    }
  } finally {
    await endAll([
      ...releases,
      // Before all others: what it still does may need what was leased.
      async () => {
        await told.return(undefined as never);
      },
    ]);
  }
}

/** Last first; a failure keeps none of the others from being tried. */
async function endAll(releases: readonly (() => Promise<void> | void)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const release of releases.toReversed()) {
    try {
      await release();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
