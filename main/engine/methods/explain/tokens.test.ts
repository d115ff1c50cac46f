/** Transformers of many forms, as PyTorch exports them, against what PyTorch computes (`fixtures/tokens/export.py`). */
import { describe, expect, it } from 'vitest';
import { isRecord } from '../../../../shared/schema.ts';
import { gradCam } from '../../attribution/class-activation.ts';
import { appendScore } from '../../attribution/score.ts';
import { gradients } from '../../gradient/backward.ts';
import { rules } from '../../gradient/rules.ts';
import { asMaps, mapsLike } from '../../graph/axes/maps.ts';
import type { Builder } from '../../graph/builder.ts';
import type { Name } from '../../graph/graph.ts';
import { float32, type FloatTensor } from '../../graph/tensor.ts';
import { runOnce } from '../../testing/compare-graphs.ts';
import { refusal } from '../../testing/refusal.ts';
import { errorOf, openTransformer, readReferences, SQUARE, wavyPicture } from '../../testing/transformers.ts';
import { findLayer } from '../../models/layers.ts';
import type { PictureShape } from '../../models/card.ts';
import { IMAGE } from '../../models/model.ts';

interface LayerReference {
  readonly width: number;
  readonly height: number;
  readonly features: number;
  readonly channels: readonly { k: number; norm: number; gradient: readonly number[] }[];
  /** Of a class whose map is not 0 everywhere. */
  readonly cam: readonly number[];
  readonly class: number;
}

/** Width and height are those of the pictures for which it was exported. */
interface Reference extends PictureShape {
  readonly layers: Readonly<Record<string, LayerReference>>;
  readonly resized: readonly {
    width: number;
    height: number;
    positions: readonly number[];
    logits: readonly number[];
  }[];
}

const isReferences = (value: unknown): value is Record<string, Reference> =>
  isRecord(value) && Object.values(value).every((each) => isRecord(each) && isRecord(each['layers']));
const references = readReferences('references.json');
if (!isReferences(references)) throw new Error('references.json has changed its form.');

async function valuesOf(g: Builder, outputs: readonly Name[], x: FloatTensor): Promise<Float32Array[]> {
  const found = await runOnce(g.finish(outputs), { [IMAGE]: x });
  return outputs.map((name) => {
    const data = found[name]?.data;
    if (!(data instanceof Float32Array)) throw new Error(`There is no ${name}.`);
    return data;
  });
}

describe.each(Object.entries(references))('%s', (name, { width: side, height: rise, layers, resized }) => {
  const size = { width: side, height: rise };

  it.each(Object.entries(layers))('has at %s the features that PyTorch has', async (called, wanted) => {
    const model = await openTransformer(name, size);
    const { tensor, channels, width, height } = findLayer(model.layers(), called);
    expect({ channels, width, height }).toEqual({
      ...{ channels: wanted.features, width: wanted.width, height: wanted.height },
    });
    const g = model.build(size, [tensor]);
    const slopes = wanted.channels.map(({ k }) => {
      const term = { tensor, weight: 1, selection: { kind: 'channel', channel: k } } as const;
      const [dx = null] = gradients(g, g.total(appendScore(g, [term], 'logit')), [IMAGE], rules);
      return dx ?? '';
    });
    const found = await valuesOf(g, slopes, wavyPicture(size.width, size.height));
    wanted.channels.forEach(({ norm, gradient }, i) => {
      const own = found[i] ?? new Float32Array();
      expect(Math.abs(Math.hypot(...own) / norm - 1)).toBeLessThan(1e-4);
      const some = [0, 1, 2].flatMap((c) =>
        [5, 6].map((x) => own[(c * size.height + 5) * size.width + x] ?? NaN),
      );
      const worst = some.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (gradient[at] ?? NaN))),
        0,
      );
      expect(worst / (norm / Math.sqrt(own.length))).toBeLessThan(1e-4);
    });
  });

  it.each(Object.entries(layers))('has at %s the Grad-CAM that PyTorch has', async (called, wanted) => {
    const model = await openTransformer(name, size);
    const { tensor, channels, width, height } = findLayer(model.layers(), called);
    const g = model.build(size, [tensor, 'logits']);
    const score = { tensor: 'logits', weight: 1, selection: { kind: 'class', index: wanted.class } } as const;
    const [slope = null] = gradients(g, g.total(appendScore(g, [score], 'logit')), [tensor], rules);
    const outputs = [asMaps(g, tensor), mapsLike(g, slope ?? '', g.axes(tensor) ?? [])];
    const [data = new Float32Array(), gradient = new Float32Array()] = await valuesOf(
      g,
      outputs,
      wavyPicture(size.width, size.height),
    );
    const cam = gradCam({ channels, width, height, data }, gradient);
    expect(errorOf(cam.data, wanted.cam)).toBeLessThan(1e-4);
  });

  it.each(resized)('answers to $width×$height as PyTorch with interpolated positions', async (wanted) => {
    const model = await openTransformer(name, size);
    const g = model.build(wanted, ['logits']);
    const [logits = []] = await valuesOf(g, ['logits'], wavyPicture(wanted.width, wanted.height));
    expect(errorOf(logits, wanted.logits)).toBeLessThan(1e-5);
    const tables = [...g.finish(['logits']).constants.values()].filter(
      ({ type, data }) => type === 'float32' && data.length === wanted.positions.length,
    );
    const errors = tables.map(({ data }) => errorOf(Array.from(data, Number), wanted.positions));
    expect(Math.min(...errors)).toBeLessThan(1e-5);
  });

  it('answers to two pictures at a time as to each alone', async () => {
    const model = await openTransformer(name, size);
    const g = model.build({ batch: 2, ...size }, ['logits']);
    const one = wavyPicture(size.width, size.height);
    const both = float32(Float32Array.from([...one.data, ...one.data.toReversed()]), [
      2,
      3,
      size.height,
      size.width,
    ]);
    const [logits = new Float32Array()] = await valuesOf(g, ['logits'], both);
    const single = model.build(size, ['logits']);
    const [alone = new Float32Array()] = await valuesOf(single, ['logits'], one);
    expect(errorOf(logits.subarray(0, alone.length), [...alone])).toBeLessThan(1e-5);
  });
});

it('says of a network that attends in windows which size it takes', async () => {
  const model = await openTransformer('swin');
  const { tensor } = findLayer(model.layers(), 'norm/LayerNormalization');
  expect(model.sizes([tensor])).toEqual({ step: 1, only: SQUARE });
  for (const size of [
    { width: 64, height: 32 },
    { width: 16, height: 64 },
    { width: 48, height: 96 },
  ])
    expect(refusal(() => model.build(size, [tensor]))).toMatchObject({
      code: 'image/size',
      message: expect.stringMatching(
        /takes one picture of 32×32 pixels at a time, and no other size/,
      ) as unknown,
    });
});

it('knows how large the patches of a transformer are', async () => {
  const model = await openTransformer('vit-class');
  const { tensor } = findLayer(model.layers(), 'norm/LayerNormalization');
  expect(model.sizes([tensor])).toEqual({ step: 8, only: null });
});
