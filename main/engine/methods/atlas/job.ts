/** An atlas as a job: block after block of a layer's channels, each kept as soon as it is made; those that are there are passed over. */
import type { RequestOf } from '../../../../shared/methods/request.ts';
import { mkdir } from 'node:fs/promises';
import { resolve as resolvePath } from 'node:path';
import { ReverieError } from '../../../../shared/errors.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import type { AtlasResult } from '../../../../shared/methods/atlas.ts';
import { pictureFormatOf } from '../../../../shared/picture-formats.ts';
import { ownUnits, parseShard } from '../../../../shared/units.ts';
import { checkWritable } from '../../imaging/codec.ts';
import type { MethodContext } from '../common/context.ts';
import { runJob, type Own, type Scope, type Told } from '../common/run-job.ts';
import { UnitFolder, unitJob } from '../common/units/unit-folder.ts';
import { blocksOf, isWhole, makeBlock } from './blocks.ts';
import { atlasLayer, pageIn, readPage } from './page.ts';
import { finishAtlas, saveSheet } from './sheet.ts';

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
  const { model, runtime } = context;
  const { settings, out } = request;
  const shard = parseShard(request.shard);
  const layer = atlasLayer(model, settings);
  const folder =
    out !== null && pictureFormatOf(out) === undefined ? await openFolder(context, request, out) : null;
  if (shard !== null && folder === null)
    throw new ReverieError(
      'usage/option',
      'The shards of an atlas go into a folder: name one with --out, without the extension of a picture.',
    );
  if (shard !== null) await folder?.noteShard(shard);
  if (out !== null && folder === null) await checkWritable(out);

  const before = folder === null ? await readPage(model, settings, root) : await pageIn(folder.path, layer);
  const blocks = blocksOf(before);
  const mine = ownUnits(blocks, { shard, named: request.units }, ({ name }) => name);
  const missing: typeof mine = [];
  for (const block of mine) {
    const recorded = folder === null || (await folder.record(block.name)) !== undefined;
    if (!recorded || !isWhole(before, block)) missing.push(block);
  }
  const countOf = (some: typeof mine): number => some.reduce((sum, { channels }) => sum + channels.length, 0);
  const made = countOf(missing);
  const steps = countOf(mine);
  yield { kind: 'started', steps, width: settings.size, height: settings.size };
  await mkdir(before.folder, { recursive: true });
  let step = steps - made;
  for (const { name, channels } of missing) {
    const started = performance.now();
    const { files, frame } = await makeBlock(context, request, before, channels, signal);
    const computed = { runtime: runtime.name, device: runtime.device };
    await folder?.keep({ unit: name, source: null, ...computed, files, result: null, failed: null });
    step += channels.length;
    const ms = (performance.now() - started) / channels.length;
    yield { kind: 'step', step, ms, ...(frame === undefined ? {} : { frame }) };
  }

  const page = await pageIn(before.folder, layer);
  const facts = { made, msPerChannel: made === 0 ? 0 : (performance.now() - began) / made };
  if (folder !== null && mine.length === blocks.length)
    return { ...(await finishAtlas(folder, signal)), ...facts };
  if (out !== null && folder === null) await saveSheet(page, out, settings.size, signal);
  return { ...page, output: out === null || folder !== null ? null : resolvePath(out), ...facts };
}

/** A folder of somebody's own, in which an atlas can be divided. */
function openFolder(
  { model }: MethodContext,
  { settings }: RequestOf<'atlas'>,
  out: string,
): Promise<UnitFolder> {
  const { name, channels } = atlasLayer(model, settings);
  return UnitFolder.open(
    resolvePath(out),
    unitJob({
      method: 'atlas',
      model: model.identity,
      order: { ...settings, layer: name, channels },
      units: blocksOf({ channels }).map((block) => block.name),
    }),
  );
}
