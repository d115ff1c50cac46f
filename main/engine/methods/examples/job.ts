/** The photos that excite units most, as a job: a step for every photo, the examples with their crops at the end. */
import type { RequestOf } from '../../../../shared/methods/request.ts';
import { resolve as resolvePath } from 'node:path';
import type { Example, ExamplesResult, UnitExamples } from '../../../../shared/methods/examples.ts';
import { unlessCancelled } from '../../../../shared/cancellation.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import { checkWritable, saveImage } from '../../imaging/codec.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import { sheetOf } from '../../imaging/sheet.ts';
import type { Layer } from '../../models/layers.ts';
import { defaultLayers } from '../dream/terms.ts';
import { frameOf } from '../common/preview.ts';
import { runJob, type Own, type Scope, type Told } from '../common/run-job.ts';
import { resolveObjective, type Term } from '../common/targets.ts';
import type { MethodContext } from '../common/context.ts';
import { UnitBackprop } from './backprop.ts';
import { strongestInputs } from './connections.ts';
import { cropOf, type Cropped } from './crops.ts';
import { listPictures } from '../common/picture-list.ts';
import { histogramOf, strongest, type Answer } from './ranking.ts';
import { scan } from './scan.ts';

/** Pixels between the crops of a sheet. */
const GAP = 4;

/** A unit that was asked for; without a channel, a layer that is only to be scanned. */
interface Unit {
  readonly term: Term;
  readonly channel: number | undefined;
}

export async function* runExamples(
  context: MethodContext,
  request: RequestOf<'examples'>,
  cache: string,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<ExamplesResult>, void, undefined> {
  yield* runJob(context, (context, scope) => work(context, request, cache, scope), signal);
}

async function* work(
  context: MethodContext,
  request: RequestOf<'examples'>,
  cache: string,
  { signal }: Scope,
): AsyncGenerator<Told, Own<'examples'>, undefined> {
  const began = performance.now();
  const { model } = context;
  const { settings, out } = request;
  if (out !== null) await checkWritable(out);
  const units = await unitsOf(context, settings.target);
  const listed = await unlessCancelled(listPictures(request.photos), signal);
  const photos = listed.map(({ path }) => path);
  const tensors = [...new Set(units.map(({ term }) => term.tensor))];
  yield { kind: 'started', steps: photos.length, ...model.shape };

  const answers = new Map<string, Answer[]>(tensors.map((tensor) => [tensor, []]));
  const failed: { path: string; reason: string }[] = [];
  let cached = 0;
  for await (const photo of scan(context, { photos, tensors, cache })) {
    if (photo.failure !== undefined) failed.push({ path: photo.path, reason: photo.failure });
    if (photo.cached) cached++;
    photo.responses.forEach((response, i) =>
      answers.get(tensors[i] ?? '')?.push({ path: photo.path, response }),
    );
    yield { kind: 'step' };
  }
  const msPerPhoto = (performance.now() - began) / photos.length;
  const [first] = failed;
  if (first !== undefined && failed.length === photos.length) {
    throw new ReverieError('image/unreadable', `None of the photos can be read: ${first.reason}`);
  }

  const layers = model.layers();
  const rows: Pixels[] = [];
  const found: UnitExamples[] = [];
  for (const unit of units) {
    if (unit.channel === undefined) continue;
    const { report, crops } = await examplesOf(context, unit, answers.get(unit.term.tensor) ?? [], {
      layers,
      top: settings.top,
      pictures: request.pictures,
    });
    found.push(report);
    rows.push(...padded(crops, settings.top, 'picture'), ...padded(crops, settings.top, 'guided'));
  }
  if (out !== null && rows.length > 0)
    await saveImage(sheetOf(rows, { gap: GAP, fill: 1, columns: settings.top }), out, { signal });
  return {
    output: out === null || rows.length === 0 ? null : resolvePath(out),
    photos: photos.length,
    cached,
    failed,
    msPerPhoto,
    units: found,
  };
}

/** @throws ReverieError `usage/option` for targets whose answer to a photo is not kept */
async function unitsOf({ model }: MethodContext, targets: readonly string[] | null): Promise<Unit[]> {
  const texts = targets ?? [`layer:${defaultLayers(model).at(-1)?.layer ?? ''}`];
  return Promise.all(
    texts.map(async (text) => {
      const [term, ...others] = await resolveObjective(model, text);
      const kind = term?.selection.kind;
      if (term === undefined || others.length > 0 || kind === 'neuron' || kind === 'direction') {
        throw new ReverieError(
          'usage/option',
          `Examples are sought for a channel or a class, not for "${text}"; name it as channel:<layer>/<n> or class:<name>.`,
        );
      }
      const { selection } = term;
      if (selection.kind === 'channel') return { term, channel: selection.channel };
      return { term, channel: selection.kind === 'class' ? selection.index : undefined };
    }),
  );
}

interface Wish {
  readonly layers: readonly Layer[];
  readonly top: number;
  readonly pictures: boolean;
}

async function examplesOf(
  context: MethodContext,
  { term, channel = 0 }: Unit,
  answers: readonly Answer[],
  { layers, top, pictures }: Wish,
): Promise<{ report: UnitExamples; crops: readonly Cropped[] }> {
  const { model } = context;
  const { tensor, layer, text, selection } = term;
  const peaks = strongest(answers, channel, top);
  const gridWidth = answers[0]?.response.width ?? 1;
  const backprop = await UnitBackprop.lease(context, tensor);
  const crops: Cropped[] = [];
  try {
    for (const peak of peaks)
      crops.push(await cropOf({ model, backprop }, { tensor, channel, gridWidth }, peak));
  } finally {
    await backprop.release();
  }
  const examples = peaks.map(({ path, value }, i): Example => {
    const made = crops[i];
    if (made === undefined) throw new Error('A crop is missing.');
    const { position, crop, picture, guided } = made;
    const shown = pictures ? { picture: frameOf(picture), guided: frameOf(guided) } : {};
    return { path, value, position, crop, ...shown };
  });
  const label = selection.kind === 'class' ? selection.label : null;
  const histogram = histogramOf(answers, channel);
  const inputs = strongestInputs(model, layers, tensor, channel);
  return { report: { target: text, label, layer, examples, histogram, inputs }, crops };
}

/** A row of a sheet, whatever the number of photos. */
function padded(crops: readonly Cropped[], top: number, which: 'picture' | 'guided'): Pixels[] {
  const cells = crops.map((crop) => crop[which]);
  const [first] = cells;
  if (first === undefined) return [];
  const blank = { ...first, data: new Float32Array(first.data.length).fill(1) };
  return Array.from({ length: top }, (_, i) => cells[i] ?? blank);
}
