/** The process that a benchmark forks for a dream: its memory is the dream's alone. */
import { requestOf } from '../../shared/methods/request.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execution } from '../../shared/recipes/common.ts';
import { dream } from '../../shared/recipes/dream.ts';
import { parse } from '../../shared/recipes/fields.ts';
import { saveImage } from '../engine/imaging/codec.ts';
import { runDream } from '../engine/methods/dream/job.ts';
import { loadModel } from '../engine/models/load.ts';
import { PROGRAM_BUDGET, ProgramCache } from '../engine/runtime/cache.ts';
import { onnxRuntime } from '../engine/runtime/onnxruntime.ts';
import type { DreamFigures, DreamTask } from './dream.ts';
import { TimedRuntime } from './timed-runtime.ts';
import { waves } from './waves.ts';

const isTask = (message: unknown): message is DreamTask =>
  typeof message === 'object' && message !== null && 'model' in message && 'steps' in message;

process.once('message', (message) => {
  if (!isTask(message)) throw new Error('The process was sent no dream.');
  void perform(message).then((figures) => process.send?.(figures, () => process.disconnect()));
});

/** Dreams on a picture of waves, from file to file, with the settings that people get. */
async function perform({ model: path, width, height, octaves, steps }: DreamTask): Promise<DreamFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'reverie-bench-'));
  try {
    const image = join(folder, 'source.png');
    await saveImage(waves(width, height), image);
    const runtime = new TimedRuntime(onnxRuntime());
    const model = await loadModel(path);
    const settings = {
      ...parse(dream, { size: Math.max(width, height) }),
      ...(octaves === null ? {} : { octaves }),
      ...(steps === null ? {} : { steps }),
    };
    const request = requestOf('dream', {
      image,
      settings,
      out: join(folder, 'dream.png'),
      ...parse(execution, { model: path }),
    });
    const context = { model, runtime, programs: new ProgramCache(PROGRAM_BUDGET) };
    for await (const event of runDream(context, request)) {
      if (event.kind !== 'done') continue;
      const { seconds, steps: done } = event.result;
      const peakRssMiB = process.resourceUsage().maxRSS / 1024;
      return { steps: done, seconds, engineSeconds: runtime.seconds, peakRssMiB };
    }
    throw new Error('The dream ended without a result.');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
