/** Timing on a machine that does other things as well. */

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Lets the threads of the run before go to sleep: they spin for a moment, which would slow the next. */
const REST_MS = 5;

/** A turn is so many runs without a rest, as in a loop: the first of them wakes threads and fills caches for the others. */
const RUNS_OF_A_TURN = 3;
/** No further one is begun after so long, when that is no matter any more. */
const TURN_MS = 250;

/**
 * The fastest run of each candidate in milliseconds. They take turns, so that what slows the machine down for a while
 * slows them all; the fastest of many is what the machine can do undisturbed.
 */
export async function fastest<Name extends string>(
  candidates: Readonly<Record<Name, () => Promise<unknown>>>,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<Record<Name, number>> {
  const best = Object.fromEntries(Object.keys(candidates).map((name) => [name, Infinity]));
  const run = async (): Promise<void> => {
    for (const [name, candidate] of Object.entries<() => Promise<unknown>>(candidates)) {
      await sleep(REST_MS);
      const turn = performance.now();
      for (let i = 0; i < RUNS_OF_A_TURN && performance.now() - turn < TURN_MS; i++) {
        const started = performance.now();
        await candidate();
        best[name] = Math.min(best[name] ?? Infinity, performance.now() - started);
      }
    }
  };
  const began = performance.now();
  for (let round = 0; round < rounds && performance.now() - began < 1000 * seconds; round++) await run();
  return best as Record<Name, number>;
}
