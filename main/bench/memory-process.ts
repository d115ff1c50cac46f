/** The process that a test forks to see how much memory a dream takes: its growth from the loaded network to the end is the dream's alone. */
import { parseRequest } from '../../shared/methods/request.ts';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saveImage } from '../engine/imaging/codec.ts';
import { createPixels } from '../engine/imaging/pixels.ts';
import { runDream } from '../engine/methods/dream/job.ts';
import { dreamMemory } from '../engine/methods/dream/memory.ts';
import { loadModel } from '../engine/models/load.ts';
import { PROGRAM_BUDGET, ProgramCache } from '../engine/runtime/cache.ts';
import { onnxRuntime } from '../engine/runtime/onnxruntime.ts';

/** What the kernel says of this process, in bytes. Linux alone tells the most that there has been since a moment. */
const status = (key: 'VmRSS' | 'VmHWM'): number =>
  1024 * Number(new RegExp(`${key}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);

const [path = '', side = ''] = process.argv.slice(2);
const [width, height] = [Number(side), Math.round(0.75 * Number(side))];
const folder = await mkdtemp(join(tmpdir(), 'reverie-memory-'));
const image = join(folder, 'source.png');
const picture = createPixels(width, height);
picture.data.forEach((_, i) => (picture.data[i] = 0.5 + 0.3 * Math.sin(i * 0.17) * Math.cos(i * 0.013)));
await saveImage(picture, image);
const model = await loadModel(path);
const request = parseRequest('dream', {
  image,
  out: join(folder, 'dream.png'),
  settings: { size: width, steps: 1 },
});
const runtime = onnxRuntime({ threads: 1 });
const began = performance.now();
const { needed } = dreamMemory(model, runtime.device, { width, height }, request.settings);
const ms = performance.now() - began;
writeFileSync('/proc/self/clear_refs', '5');
const before = status('VmRSS');
for await (const event of runDream({ model, runtime, programs: new ProgramCache(PROGRAM_BUDGET) }, request))
  if (event.kind === 'done')
    process.stdout.write(JSON.stringify({ needed, ms, measured: status('VmHWM') - before }));
await rm(folder, { recursive: true });
