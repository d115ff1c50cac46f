/** SqueezeNet as its makers published it: read, differentiated and dreamt on, with nothing known of it but its file. */
import { beforeAll, expect, it } from 'vitest';
import { gradientErrors } from '../testing/network-gradient.ts';
import { describeWithPublished, publishedNetwork } from '../testing/published-network.ts';
import { loadModel } from './load.ts';
import type { Model } from './model.ts';

describeWithPublished('a published network', () => {
  let model: Model;
  beforeAll(async () => {
    model = await loadModel(publishedNetwork());
  });

  it('has the layers of its paper: eight fire modules, whose outputs double in four steps', () => {
    const layers = model.layers({ width: 224, height: 224 });
    expect(layers.filter(({ op }) => op === 'Concat').map(({ channels }) => channels)).toEqual([
      128, 128, 256, 256, 384, 384, 512, 512,
    ]);
  });

  it('tells a thousand classes apart', () => {
    expect(model.classes).toBe(1000);
  });

  it(
    'has gradients that agree with differences, in the middle and at its end',
    { timeout: 120_000 },
    async () => {
      const layers = model.layers({ width: 131, height: 97 });
      const [middle, last] = [layers[Math.floor(layers.length / 2)], layers.at(-1)];
      for (const layer of [middle, last]) {
        const [, median] = await gradientErrors(model, layer?.name ?? '', { width: 131, height: 97 });
        expect(median, layer?.name).toBeLessThan(1e-3);
      }
    },
  );
});
