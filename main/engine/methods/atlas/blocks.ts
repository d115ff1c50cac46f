/**
 * The units of an atlas: fixed blocks of channels that are made together, since the images of a batch depend on each other. What is
 * missing of a block is never made in another company, so an image is the same whatever was there before.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorData } from '../../../../shared/errors.ts';
import type { Frame } from '../../../../shared/jobs.ts';
import type { AtlasPage } from '../../../../shared/methods/atlas.ts';
import { requestOf, type RequestOf } from '../../../../shared/methods/request.ts';
import { defaultsOf } from '../../../../shared/recipes/fields.ts';
import { visualize } from '../../../../shared/recipes/visualize.ts';
import { writeAtomically } from '../../../files/whole-file.ts';
import type { MethodContext } from '../common/context.ts';
import { runVisualize } from '../visualize/job.ts';
import { imageName, silentName } from './page.ts';

/** Channels that are made together: faster than one by one, and a stop costs no more than these. */
const BLOCK = 4;

export interface Block {
  /** `8-11`. */
  readonly name: string;
  readonly channels: readonly number[];
}

export function blocksOf({ channels }: Pick<AtlasPage, 'channels'>): Block[] {
  const all = Array.from({ length: channels }, (_, channel) => channel);
  return Array.from({ length: Math.ceil(channels / BLOCK) }, (_, i) => {
    const own = all.slice(BLOCK * i, BLOCK * (i + 1));
    return { name: `${own[0]}-${own.at(-1)}`, channels: own };
  });
}

/** Whether all that a block comes to is there. */
export const isWhole = ({ done, silent }: AtlasPage, { channels }: Block): boolean =>
  channels.every((channel) => done.includes(channel) || silent.includes(channel));

/** A block that was made: the names of its files, and the newest preview, if one was due. */
interface Made {
  readonly files: readonly string[];
  readonly frame: Frame | undefined;
}

/** Makes a block of channels; when one of them is silent, each by itself. */
export async function makeBlock(
  context: MethodContext,
  request: RequestOf<'atlas'>,
  page: AtlasPage,
  channels: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Made> {
  try {
    return await make(context, request, page, channels, signal);
  } catch (error) {
    if (errorData(error).code !== 'layer/unusable') throw error;
    const [only, ...others] = channels;
    if (only === undefined) throw error;
    if (others.length === 0) {
      await writeAtomically(join(page.folder, silentName(only)), '', { flush: false });
      return { files: [silentName(only)], frame: undefined };
    }
    const made: Made[] = [];
    for (const channel of channels) made.push(await makeBlock(context, request, page, [channel], signal));
    return {
      files: made.flatMap(({ files }) => files),
      frame: made.findLast(({ frame }) => frame !== undefined)?.frame,
    };
  }
}

async function make(
  context: MethodContext,
  { settings, preview, model, runtime, device }: RequestOf<'atlas'>,
  { layer, folder }: AtlasPage,
  channels: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Made> {
  // Not where the images are: what is killed leaves nothing there.
  const work = await mkdtemp(join(tmpdir(), 'reverie-atlas-'));
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
      for (const [i, { output }] of event.result.images.entries()) {
        const bytes = await readFile(output ?? out);
        await writeAtomically(join(folder, imageName(channels[i] ?? 0)), bytes, { flush: false });
      }
    }
    return { files: channels.map(imageName), frame };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
