/** An atlas as a job: batch after batch of a layer's channels, each kept as soon as it is made; those that are there are passed over. */
import { requestOf, type RequestOf } from '../../../../shared/methods/request.ts';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve as resolvePath } from 'node:path';
import type { AtlasPage, AtlasResult } from '../../../../shared/methods/atlas.ts';
import { throwIfCancelled } from '../../../../shared/cancellation.ts';
import { errorData } from '../../../../shared/errors.ts';
import type { Frame, JobEvent } from '../../../../shared/jobs.ts';
import { defaultsOf } from '../../../../shared/recipes/fields.ts';
import { visualize } from '../../../../shared/recipes/visualize.ts';
import { moveFile } from '../../../files/whole-file.ts';
import { checkWritable, decodeImage, saveImage } from '../../imaging/codec.ts';
import { createPixels } from '../../imaging/pixels.ts';
import { sheetOf } from '../../imaging/sheet.ts';
import { runVisualize } from '../visualize/job.ts';
import { runJob, type Own, type Scope, type Told } from '../common/run-job.ts';
import type { MethodContext } from '../common/context.ts';
import { imageName, readPage, silentName } from './page.ts';

/** Channels that are made together: faster than one by one, and a stop costs no more than these. */
const BATCH = 4;

/** Between the images of a sheet, in pixels. */
const GAP = 2;

export async function* runAtlas(
  context: MethodContext,
  request: RequestOf<'atlas'>,
  root: string,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<AtlasResult>, void, undefined> {
  yield* runJob(context, (context, scope) => work(context, request, root, scope), signal);
}

async function* work(
  context: MethodContext,
  request: RequestOf<'atlas'>,
  root: string,
  { signal }: Scope,
): AsyncGenerator<Told, Own<'atlas'>, undefined> {
  const began = performance.now();
  const { model } = context;
  const { settings, out } = request;
  if (out !== null) await checkWritable(out);
  const before = await readPage(model, settings, root);
  const missing = missingOf(before);
  yield { kind: 'started', steps: before.channels, width: settings.size, height: settings.size };
  await mkdir(before.folder, { recursive: true });
  let step = before.channels - missing.length;
  for (let i = 0; i < missing.length; i += BATCH) {
    const started = performance.now();
    const channels = missing.slice(i, i + BATCH);
    const frame = await makeBatch(context, request, before, channels, signal);
    step += channels.length;
    const ms = (performance.now() - started) / channels.length;
    yield { kind: 'step', step, ms, ...(frame === undefined ? {} : { frame }) };
  }
  const page = await readPage(model, settings, root);
  if (out !== null) await saveSheet(page, out, settings.size, signal);
  const made = missing.length;
  return {
    ...page,
    output: out === null ? null : resolvePath(out),
    made,
    msPerChannel: made === 0 ? 0 : (performance.now() - began) / made,
  };
}

const missingOf = ({ channels, done, silent }: AtlasPage): number[] => {
  const known = new Set([...done, ...silent]);
  return Array.from({ length: channels }, (_, channel) => channel).filter((channel) => !known.has(channel));
};

/** Makes some channels; when one of them is silent, each by itself. @returns the newest preview, if one was due */
async function makeBatch(
  context: MethodContext,
  request: RequestOf<'atlas'>,
  page: AtlasPage,
  channels: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Frame | undefined> {
  try {
    return await make(context, request, page, channels, signal);
  } catch (error) {
    if (errorData(error).code !== 'layer/unusable') throw error;
    const [only, ...others] = channels;
    if (only === undefined) throw error;
    if (others.length === 0) {
      await writeFile(join(page.folder, silentName(only)), '');
      return undefined;
    }
    let last: Frame | undefined;
    for (const channel of channels) last = await makeBatch(context, request, page, [channel], signal);
    return last;
  }
}

async function make(
  context: MethodContext,
  { settings, preview, model, runtime, device }: RequestOf<'atlas'>,
  { layer, folder }: AtlasPage,
  channels: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Frame | undefined> {
  const work = await mkdtemp(join(folder, 'making-'));
  let frame: Frame | undefined;
  try {
    const { size, steps, seed } = settings;
    const target = channels.map((channel) => `channel:${layer}/${channel}`);
    const out = join(work, 'sheet.png');
    const request = requestOf('visualize', {
      ...{ model, runtime, device },
      settings: { ...defaultsOf(visualize), target, size, steps, seed },
      out,
      separate: true,
      preview,
    });
    for await (const event of runVisualize(context, request, signal)) {
      if (event.kind === 'step') frame = event.frame ?? frame;
      if (event.kind !== 'done') continue;
      for (const [i, { output }] of event.result.images.entries())
        await moveFile(output ?? out, join(folder, imageName(channels[i] ?? 0)));
    }
    return frame;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** All channels in their order; the silent ones grey. */
async function saveSheet(
  { channels, folder, done }: AtlasPage,
  out: string,
  size: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const seen = new Set(done);
  const cells = [];
  for (let channel = 0; channel < channels; channel++) {
    throwIfCancelled(signal);
    const path = join(folder, imageName(channel));
    cells.push(seen.has(channel) ? (await decodeImage(path)).pixels : createPixels(size, size, 0.5));
  }
  await saveImage(sheetOf(cells, { gap: GAP, fill: 1 }), out, { signal });
}
