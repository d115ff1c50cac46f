/**
 * What an attack costs beside the network: ten steps of PGD over ten bare runs of the same gradient program. In the time of
 * the processor, not of the clock, because other programs lengthen the one but hardly the other.
 */
import { objectiveOf } from '../engine/attack/objective.ts';
import { projectedGradient } from '../engine/attack/projected-gradient.ts';
import { feedsFor } from '../engine/attack/logit-gradient.ts';
import { float32 } from '../engine/graph/tensor.ts';
import { Victim } from '../engine/methods/attack/victim.ts';
import type { MethodContext } from '../engine/methods/common/context.ts';
import { IMAGE } from '../engine/models/model.ts';

export interface OverheadRow {
  readonly model: string;
  /** Side of the picture, the network's own size. */
  readonly side: number;
  /** Processor time of ten steps in milliseconds. */
  readonly msEngine: number;
  readonly msAttack: number;
  readonly ratio: number;
}

const STEPS = 10;
const ROUNDS = 10;

export async function benchOverhead(context: MethodContext): Promise<OverheadRow> {
  const victim = await Victim.create(context);
  try {
    const side = context.model.card.preprocessing.size;
    const picture = Float32Array.from({ length: 3 * side * side }, (_, i) => 0.5 + 0.4 * Math.sin(i * 0.37));
    const goal = { kind: 'untargeted', label: 0 } as const;
    const feeds = {
      [IMAGE]: float32(picture, [1, 3, side, side]),
      ...feedsFor({ kind: 'cross-entropy', label: 0, sign: 1 }, [1, victim.classes]),
    };
    const engine = async (): Promise<void> => {
      for (let i = 0; i < STEPS; i++) await victim.backward?.run(feeds);
    };
    const aim = objectiveOf(victim.at({ width: side, height: side }), goal);
    const pgd = async (): Promise<void> => {
      const options = { norm: 'linf', epsilon: 8 / 255, stepSize: 2 / 255, steps: STEPS } as const;
      const run = projectedGradient(aim, picture, {
        ...options,
        restarts: 1,
        randomStart: true,
        decay: null,
        seed: 0,
      });
      while ((await run.next()).done !== true);
    };
    // The first runs allocate memory.
    await engine();
    await pgd();
    let [msEngine, msAttack] = [Infinity, Infinity];
    for (let round = 0; round < ROUNDS; round++) {
      msEngine = Math.min(msEngine, await processorTime(engine));
      msAttack = Math.min(msAttack, await processorTime(pgd));
    }
    return {
      model: context.model.name,
      side,
      msEngine,
      msAttack,
      ratio: msAttack / msEngine,
    };
  } finally {
    await victim.release();
  }
}

/** Milliseconds of the processor that some work takes, over all threads. */
async function processorTime(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
