/** A network's first run, before it is installed: on one picture of its own size, through all that is asked of it most. */
import { ReverieError } from '../../../../shared/errors.ts';
import { float32 } from '../../graph/tensor.ts';
import { findLayer } from '../../models/layers.ts';
import { IMAGE, type Model } from '../../models/model.ts';
import type { Runtime, Values } from '../../runtime/runtime.ts';
import { scoresOf } from '../common/classify.ts';
import { defaultLayers } from '../dream/terms.ts';

/**
 * Builds and runs what gives the network's answer and the layers of a dream.
 *
 * @throws ReverieError `model/unsupported` where it cannot be run, or answers with what are no numbers
 */
export async function tryOut(model: Model, runtime: Runtime): Promise<void> {
  const { width, height } = model.shape;
  const layers = model.layers();
  const dreamt = defaultLayers(model).map(({ layer }) => findLayer(layers, layer).tensor);
  const targets = [...new Set([...dreamt, ...(model.classes === null ? [] : [scoresOf(model)])])];
  const graph = model.build({ width, height }, targets).finish(targets);
  const values = await firstRun(model, runtime, () =>
    runtime.compile(graph).then(async (program) => {
      try {
        return await program.run({ [IMAGE]: float32(pattern(3 * width * height), [1, 3, height, width]) });
      } finally {
        await program.dispose();
      }
    }),
  );
  const unsound = targets.find((name) => values[name]?.data.some((value) => !Number.isFinite(value)));
  if (unsound === undefined) return;
  throw new ReverieError(
    'model/unsupported',
    `"${model.name}" cannot be used: at "${unsound}" it answers a test picture with what are no numbers (NaN or infinity). Check how it was exported, in half precision above all.`,
  );
}

async function firstRun(model: Model, runtime: Runtime, run: () => Promise<Values>): Promise<Values> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new ReverieError(
      'model/unsupported',
      `"${model.name}" cannot be used: it was read, but its first run on ${runtime.device} failed (${error.message}) Export it anew for inference, without what is only for training.`,
      {},
      { cause: error },
    );
  }
}

/** Samples of many sizes, none of them alike, so that nothing is divided by zero for want of contrast. */
const pattern = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => 0.5 + 0.45 * Math.sin(12.9898 * (i + 1)));
