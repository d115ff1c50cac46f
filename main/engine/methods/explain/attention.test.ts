/** Attention as an explanation, against what PyTorch finds (`models/fixtures/tokens/attention.py`). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRequest } from '../../../../shared/methods/request.ts';
import { isRecord } from '../../../../shared/schema.ts';
import { checkAttentions } from '../../attribution/attention.ts';
import type { Attention } from '../../graph/axes/attention.ts';
import { whole } from '../../graph/axes/axis.ts';
import { saveImage } from '../../imaging/codec.ts';
import { pixelsFrom } from '../../imaging/pixels.ts';
import { Model } from '../../models/model.ts';
import { ProgramCache } from '../../runtime/cache.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import { refusal, refusalOf } from '../../testing/refusal.ts';
import { tinyGraph } from '../../testing/tiny-model.ts';
import { errorOf, openTransformer, readReferences, SIDE, wavyPicture } from '../../testing/transformers.ts';
import { resolveObjective } from '../common/targets.ts';
import { attendingOf, attentionMap, type AttentionMethod } from './attention.ts';
import { runExplain } from './job.ts';

const SHAPE = { width: SIDE, height: SIDE };

type References = Record<string, Record<string, Record<AttentionMethod, readonly number[]>>>;
const isReferences = (value: unknown): value is References =>
  isRecord(value) &&
  Object.values(value).every(
    (sizes) =>
      isRecord(sizes) &&
      Object.values(sizes).every((each) => isRecord(each) && Array.isArray(each['attention-rollout'])),
  );
const references = readReferences('attention.json');
if (!isReferences(references)) throw new Error('attention.json has changed its form.');

const cases = Object.entries(references).flatMap(([network, sizes]) =>
  Object.entries(sizes).flatMap(([size, wanted]) =>
    (['attention-rollout', 'attention-gradient'] as const).map((method) => ({
      network,
      size,
      method,
      wanted: wanted[method],
    })),
  ),
);

async function attending(network: Model, target: string, shape = SHAPE) {
  return attendingOf(network, shape, await resolveObjective(network, target));
}

it.each(cases)(
  'finds by $method in $network at $size what PyTorch finds',
  async ({ network, size, method, wanted }) => {
    const [width = NaN, height = NaN] = size.split('x').map(Number);
    const model = await openTransformer(network);
    const context = { model, runtime: onnxRuntime({ threads: 1 }), programs: new ProgramCache(0) };
    const shape = { width, height };
    const terms = await resolveObjective(model, 'class:3');
    const score = { terms, shape, scale: 'logit' } as const;
    const picture = pixelsFrom(width, height, wavyPicture(width, height).data);
    const passes = attentionMap(context, score, picture, attendingOf(model, shape, terms), method);
    let step = await passes.next();
    while (step.done !== true) step = await passes.next();
    expect(step.value).toMatchObject({ width: width / 8, height: height / 8 });
    expect(errorOf(step.value.data, wanted)).toBeLessThan(1e-4);
  },
);

it('is explained as a job beside other methods, at the size of the picture', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reverie-attention-'));
  const image = join(folder, 'photo.png');
  await saveImage(pixelsFrom(SIDE, SIDE, wavyPicture(SIDE, SIDE).data.map(Math.abs)), image);
  const model = await openTransformer('vit-class');
  const context = { model, runtime: onnxRuntime({ threads: 1 }), programs: new ProgramCache(0) };
  const settings = { method: 'attention-gradient,grad-cam,attention-rollout' };
  const events = [];
  for await (const event of runExplain(context, parseRequest('explain', { image, settings })))
    events.push(event);
  await rm(folder, { recursive: true });
  const done = events.at(-1);
  if (done?.kind !== 'done') throw new Error('no result');
  expect(done.result.methods.map(({ method }) => method)).toEqual(settings.method.split(','));
  expect(events.filter(({ kind }) => kind === 'step')).toHaveLength(done.result.steps);
});

describe('the tokens that a target reads', () => {
  const patches = (before: number) => Array.from({ length: 16 }, (_, i) => before + i);
  it.each([
    ['vit-class', 'class:3', [0], 2],
    ['vit-registers', 'class:3', [0], 2],
    ['vit-distilled', 'class:3', [0, 1], 2],
    ['vit-mean', 'class:3', patches(0), 2],
    ['vit-registers', 'channel:blocks/blocks.0/norm2/LayerNormalization/5', patches(4), 1],
    ['vit-registers', 'neuron:blocks/blocks.0/norm2/LayerNormalization/5@class', [0], 1],
    ['vit-class', 'neuron:norm/LayerNormalization/5@1,2', [1 + 2 * 4 + 1], 2],
    ['vit-class', 'neuron:norm/LayerNormalization/5', [1 + 2 * 4 + 2], 2],
    [
      'vit-class',
      'neuron:norm/LayerNormalization/5@0,0 neuron:norm/LayerNormalization/5@class class:1',
      [0, 1],
      2,
    ],
  ])('of %s for %s are those it is computed from', async (name, target, rows, depth) => {
    const found = await attending(await openTransformer(name), target);
    expect([...found.rows].sort((a, b) => a - b)).toEqual(rows);
    expect(found.attentions).toHaveLength(depth);
  });
});

describe('what cannot be followed is refused with what to use instead', () => {
  it('networks without attention before the target', async () => {
    const { card } = await openTransformer('vit-class');
    const plain = new Model('plain', 'sha', tinyGraph, { ...card, logits: 'logits' });
    expect(await refusalOf(attending(plain, 'class:1'))).toMatchObject({
      code: 'model/unsupported',
      message: expect.stringMatching(/^"plain" has no attention between .*; use grad-cam/) as unknown,
    });
    const vit = await openTransformer('vit-class');
    expect(await refusalOf(attending(vit, 'layer:blocks/blocks.0/norm1/LayerNormalization'))).toMatchObject({
      code: 'model/unsupported',
    });
  });

  it('attention in windows', async () => {
    expect(await refusalOf(attending(await openTransformer('swin'), 'class:3'))).toMatchObject({
      code: 'model/unsupported',
      message: expect.stringMatching(/attends in windows.*use grad-cam/) as unknown,
    });
  });

  it('attentions of different tokens', () => {
    const of = (size: number, seen: number): Attention => ({
      ...{ tensor: `${size}`, queries: 2, keys: 3, windowed: false },
      ...{ tokens: [...whole('rows', size), ...whole('columns', size)], seen },
    });
    for (const attentions of [[of(4, 16), of(2, 4)], [of(4, 4)]])
      expect(refusal(() => checkAttentions('pyramid', attentions))).toMatchObject({
        code: 'model/unsupported',
        message: expect.stringMatching(/different numbers of places \(16, 4\)/) as unknown,
      });
    checkAttentions('plain', [of(4, 16)]);
  });
});
