/** What the optimisation of images costs beside the network: transforms, frequencies, Adam, and their way back. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { requestOf } from '../../shared/methods/request.ts';
import { execution } from '../../shared/recipes/common.ts';
import { parse } from '../../shared/recipes/fields.ts';
import { visualize } from '../../shared/recipes/visualize.ts';
import { defaultLayers } from '../engine/methods/dream/terms.ts';
import { runVisualize } from '../engine/methods/visualize/job.ts';
import { loadModel } from '../engine/models/load.ts';
import { PROGRAM_BUDGET, ProgramCache } from '../engine/runtime/cache.ts';
import { onnxRuntime } from '../engine/runtime/onnxruntime.ts';
import { TimedRuntime } from './timed-runtime.ts';

export interface VisualizeRow {
  /** Name of the network. */
  readonly model: string;
  /** Side of an image. */
  readonly size: number;
  readonly images: number;
  /** Of a step of all images. */
  readonly msPerStep: number;
  /** Time beside the programs, as a share of the time inside them. */
  readonly overhead: number;
}

const CASES = [
  { size: 128, images: 1 },
  { size: 128, images: 4 },
  { size: 224, images: 1 },
] as const;
/** Steps that are counted, and those before: they compile, warm up, and help units that are silent on noise. */
const STEPS = 40;
const BEFORE = 20;

/** Channels of the deepest layer that a network is dreamed with. @param path of the network */
export async function benchVisualize(path: string): Promise<VisualizeRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'reverie-visualize-'));
  try {
    const model = await loadModel(path);
    const layer = defaultLayers(model).at(-1)?.layer ?? '';
    const rows: VisualizeRow[] = [];
    for (const { size, images } of CASES) {
      const runtime = new TimedRuntime(onnxRuntime());
      const target = Array.from({ length: images }, (_, i) => `channel:${layer}/${i}`).join(';');
      const request = requestOf('visualize', {
        settings: parse(visualize, { target, size: String(size), steps: String(BEFORE + STEPS) }),
        out: join(folder, 'sheet.png'),
        ...parse(execution, { model: path }),
      });
      const context = { model, runtime, programs: new ProgramCache(PROGRAM_BUDGET) };
      let [ms, engine] = [0, 0];
      for await (const event of runVisualize(context, request)) {
        if (event.kind !== 'step') continue;
        if (event.step === BEFORE) engine = -runtime.seconds;
        if (event.step > BEFORE) ms += event.ms;
      }
      engine += runtime.seconds;
      await context.programs.clear();
      const overhead = ms / 1000 / engine - 1;
      rows.push({ model: basename(path, '.onnx'), size, images, msPerStep: ms / STEPS, overhead });
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
