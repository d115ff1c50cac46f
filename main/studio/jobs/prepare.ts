/** From what a window asks for to a run with its own files: ids become files that the run keeps. */
import { join } from 'node:path';
import type { Fields } from '../../../shared/recipes/fields.ts';
import type { Recipe } from '../../../shared/recipes/recipe.ts';
import { methods } from '../../../shared/methods/registry.ts';
import type { Order } from '../../../shared/studio/jobs.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { inputPath, keepInputs, linkOrCopy } from './run-inputs.ts';
import { RUN, frameName, type RunRecord } from './run-record.ts';
import type { RunStore } from './run-store.ts';
import { branchPoint } from './branch.ts';

interface NewRun {
  id: string;
  order: Order;
  repeats: Recipe | null;
  rank: number;
}

/**
 * A queued run with its files in its folder.
 * @throws ReverieError image/missing, job/unknown, job/state
 */
export async function prepareRun(
  { id, order, repeats, rank }: NewRun,
  { gallery, runs }: { gallery: Gallery; runs: RunStore },
): Promise<RunRecord> {
  const parent = order.branch === null ? null : runs.get(order.branch.job);
  const settled = parent === null ? order : ({ ...order, picture: parent.order.picture } as Order);
  const start = parent === null ? null : branchPoint(parent, order);
  const folder = runs.folder(id);
  const inputs = await keepInputs(folder, inputFiles(settled, parent, { gallery, runs }));
  if (parent !== null && start !== null && order.branch !== null) {
    const frame = join(runs.folder(parent.id), RUN.frames, frameName(order.branch.step));
    await linkOrCopy(frame, join(folder, start.picture));
  }
  return {
    id,
    state: 'queued',
    order: settled,
    created: Date.now(),
    rank,
    inputs,
    start,
    repeats,
    progress: null,
    device: null,
    runtime: null,
    width: null,
    height: null,
    notes: [],
    frames: start === null ? null : { first: start.step, last: start.step },
    result: null,
    report: null,
    error: null,
    curve: [],
  };
}

function inputFiles(
  { method, picture, settings }: Order,
  parent: RunRecord | null,
  { gallery, runs }: { gallery: Gallery; runs: RunStore },
): Record<string, string> {
  const inherited = (key: string): string | undefined => {
    const name = parent?.inputs[key];
    return parent === null || name === undefined ? undefined : inputPath(runs.folder(parent.id), key, name);
  };
  const files: Record<string, string> = {};
  if (picture !== null) files['source'] = inherited('source') ?? gallery.path(picture);
  for (const [key, id] of pictureSettings(methods[method].settings, settings)) {
    const same = parent !== null && new Map(Object.entries(parent.order.settings)).get(key) === id;
    files[key] = (same ? inherited(key) : undefined) ?? gallery.path(id);
  }
  return files;
}

/** The settings that name gallery pictures, by their keys. */
function pictureSettings(fields: Fields, settings: Order['settings']): [key: string, picture: string][] {
  return Object.entries(settings).flatMap(([key, value]): [string, string][] => {
    const field = fields[key];
    const names = field?.kind === 'file' && field.accepts === 'picture' && typeof value === 'string';
    return names ? [[key, value]] : [];
  });
}
