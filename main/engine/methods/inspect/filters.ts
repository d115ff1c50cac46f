/** The first features of a network as pictures: the weights of the convolution that sees the picture itself. */
import { throwIfCancelled } from '../../../../shared/cancellation.ts';
import type { RequestOf } from '../../../../shared/methods/request.ts';
import { resolve as resolvePath } from 'node:path';
import type { FiltersResult } from '../../../../shared/methods/filters.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import { type Recipe } from '../../../../shared/recipes/recipe.ts';
import { RECIPE_FORMAT } from '../../../../shared/recipes/recipe-form.ts';
import type { Graph, Name, Node } from '../../graph/graph.ts';
import type { FloatTensor } from '../../graph/tensor.ts';
import { operatorsWith } from '../../graph/traits.ts';
import { checkWritable, saveImage } from '../../imaging/codec.ts';
import { createPixels, type Pixels } from '../../imaging/pixels.ts';
import { sheetOf } from '../../imaging/sheet.ts';
import { findLayer, type Layer } from '../../models/layers.ts';
import type { Model } from '../../models/model.ts';
import { frameOf } from '../common/preview.ts';
import { runJob, type Own, type Told } from '../common/run-job.ts';
import type { MethodContext } from '../common/context.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';

/** Wished width of an enlarged filter in pixels. */
const WIDTH = 40;

/** Pixels between filters, and between the grey sheets of channels. */
const GAP = 2;
const CHANNEL_GAP = 12;

/** Black gaps let the mid-grey of a weight of zero be seen as such. */
const FILL = 0;

/** Pixels of weights that a sheet has at most when no scale is asked for. */
const HANDY_PIXELS = 4e6;

/** The most pixels of a sheet: beyond, looking at it helps nobody. */
const MAX_PIXELS = 64e6;

const NORMALISATION =
  'Each filter by its own largest weight, so that weight 0 is mid-grey, and ± that weight are white and black.';

/** What may stand between the input and the first convolution: it changes values or places, and mixes no pixels. */
const HARMLESS = operatorsWith(
  ({ channels, place, carries }) =>
    (channels === 'kept' && place === 'kept') || (carries === true && place === 'rule'),
);

export async function* runFilters(
  context: MethodContext,
  request: RequestOf<'filters'>,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<FiltersResult>, void, undefined> {
  yield* runJob(context, ({ model }) => work(model, request, signal), signal);
}

async function* work(
  model: Model,
  request: RequestOf<'filters'>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Told, Own<'filters'>, undefined> {
  const { settings, out } = request;
  throwIfCancelled(signal);
  if (out !== null) await checkWritable(out);
  const { layer, weights, onPicture } = findFilters(model, settings.layer);
  const [count = 1, channels = 1, height = 1, width = 1] = weights.dims;
  const coloured = onPicture && channels === 3;
  const shown = count * width * height * (coloured ? 1 : channels);
  const scale = settings.scale ?? scaleFor(Math.max(width, height), shown);
  checkSize(layer.name, weights.dims, shown * scale ** 2, scale);
  const sheets = coloured
    ? [filterSheet(weights, [0, 1, 2], scale, model.card.preprocessing.channelOrder === 'BGR')]
    : Array.from({ length: channels }, (_, channel) =>
        filterSheet(weights, [channel, channel, channel], scale, false),
      );
  const picture = sheetOf(sheets, { gap: CHANNEL_GAP, fill: 1 });
  yield { kind: 'started', steps: 1, width: picture.width, height: picture.height };
  const recipe: Recipe<'filters'> = {
    reverie: RECIPE_FORMAT,
    method: 'filters',
    model: model.identity,
    source: null,
    settings: { layer: layer.name, scale },
  };
  if (out !== null) await saveImage(picture, out, { recipe, signal });
  yield { kind: 'step' };
  return {
    output: out === null ? null : resolvePath(out),
    recipe,
    layer: layer.name,
    filters: count,
    channels,
    kernel: { width, height },
    normalisation: NORMALISATION,
    ...(request.pictures ? { picture: frameOf(picture) } : {}),
  };
}

interface Filters {
  readonly layer: Layer;
  /** [filters, channels, height, width]. */
  readonly weights: FloatTensor;
  /** Whether its channels are those of the picture. */
  readonly onPicture: boolean;
}

/**
 * The weights of the convolution of a name, or of the first one on the way of the picture.
 *
 * @throws ReverieError `layer/unknown`, and `layer/unusable` for a layer that is no convolution of constant weights
 */
function findFilters(model: Model, wanted: string | null): Filters {
  const { graph } = model;
  const layers = model.layers();
  const axes = model.axes();
  const first = firstOnPicture(graph, model.inputName, (name) => axes.has(name));
  const tensor = wanted === null ? first?.outputs[0] : findLayer(layers, wanted).tensor;
  const node = graph.nodes.find(({ outputs }) => tensor !== undefined && outputs[0] === tensor);
  const layer = layers.find((candidate) => candidate.tensor === tensor);
  const weights = node?.op === 'Conv' ? graph.constants.get(node.inputs[1] ?? '') : undefined;
  if (layer !== undefined && weights?.type === 'float32' && weights.dims.length === 4)
    return { layer, weights, onPicture: node === first };
  const what =
    wanted === null
      ? `The first layer of "${model.name}" on the picture is no convolution`
      : `Layer "${layer?.name ?? wanted}" is no convolution`;
  throw new ReverieError('layer/unusable', `${what}, so it has no filters to show; name one with --layer.`);
}

/**
 * The convolution that the input reaches through nothing but what is harmless.
 *
 * @param sees whether a tensor holds anything of the picture but its size
 */
function firstOnPicture({ nodes }: Graph, input: Name, sees: (tensor: Name) => boolean): Node | undefined {
  const reached = new Set([input]);
  for (const node of nodes) {
    if (!node.inputs.some((name) => reached.has(name)) || !node.outputs.some(sees)) continue;
    if (node.op === 'Conv') return reached.has(node.inputs[0] ?? '') ? node : undefined;
    if (!HARMLESS.has(node.op)) return undefined;
    for (const output of node.outputs) reached.add(output);
  }
  return undefined;
}

/** What shows a filter of `side` weights well, or as large as a sheet of `shown` weights can be without growing unwieldy. */
const scaleFor = (side: number, shown: number): number =>
  Math.max(1, Math.min(Math.round(WIDTH / side), Math.floor(Math.sqrt(HANDY_PIXELS / shown))));

function checkSize(layer: string, dims: readonly number[], pixels: number, scale: number): void {
  if (pixels <= MAX_PIXELS) return;
  throw new ReverieError(
    'image/size',
    `The sheet of layer "${layer}" (${dims.join('×')} weights, ${scale} pixels wide each) would be too large; ${scale > 1 ? 'choose a smaller scale' : 'it has too many weights to look at'}.`,
  );
}

/**
 * All filters side by side.
 *
 * @param from the channel shown as red, green and blue
 * @param swapped for a network that takes blue first
 */
function filterSheet(
  { dims, data }: FloatTensor,
  from: readonly [number, number, number],
  scale: number,
  swapped: boolean,
): Pixels {
  const [count = 1, channels = 1, height = 1, width = 1] = dims;
  const plane = width * height;
  const order = swapped ? from.toReversed() : from;
  const pictures = Array.from({ length: count }, (_, f) => {
    const filter = data.subarray(f * channels * plane, (f + 1) * channels * plane);
    const full = filter.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
    return enlarged(width, height, scale, (c, i) => {
      const weight = filter[(order[c] ?? 0) * plane + i] ?? 0;
      return full === 0 ? 0.5 : 0.5 + weight / (2 * full);
    });
  });
  return sheetOf(pictures, { gap: GAP, border: true, fill: FILL });
}

/** A picture whose pixels are squares of `scale`; `value` gives colour c at index i of the small one. */
function enlarged(
  width: number,
  height: number,
  scale: number,
  value: (c: number, i: number) => number,
): Pixels {
  const picture = createPixels(width * scale, height * scale);
  picture.data.forEach((_, index) => {
    const x = Math.floor((index % picture.width) / scale);
    const row = Math.floor(index / picture.width);
    const y = Math.floor((row % picture.height) / scale);
    picture.data[index] = value(Math.floor(row / picture.height), y * width + x);
  });
  return picture;
}
