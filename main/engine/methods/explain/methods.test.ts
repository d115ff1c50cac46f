/** What the methods compute: they agree with one another, and with their definitions. */
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { saveImage } from '../../imaging/codec.ts';
import { createPixels } from '../../imaging/pixels.ts';
import { IMAGE } from '../../models/model.ts';
import { tinyGraph } from '../../testing/tiny-model.ts';
import { resolveObjective } from '../common/targets.ts';
import { SIDE, tinyExplanations, total } from './testing/tiny-explanations.ts';

const { folder, contextOf, place, explain, numbers } = await tinyExplanations();

let out = '';
beforeEach(() => (out = place('.png')));

describe('methods agree with one another', () => {
  it('input × gradient is the product, and SmoothGrad without noise the gradient', async () => {
    const gradient = await numbers({ method: 'gradient', target: 'class:c' });
    const product = await numbers({ method: 'input-x-gradient', target: 'class:c' });
    const smooth = await numbers({ method: 'smoothgrad', target: 'class:c', noise: 0 });
    const { view } = await explain({ method: 'gradient' }, { pictures: true });
    gradient.data.forEach((g, i) => {
      const pixel = (view?.rgba[4 * (i % SIDE ** 2) + Math.floor(i / SIDE ** 2)] ?? NaN) / 255;
      expect(Math.abs((product.data[i] ?? NaN) - g * pixel)).toBeLessThanOrEqual(Math.abs(g) / 400);
      expect(smooth.data[i]).toBeCloseTo(g, 6);
    });
  });

  it.each([
    ['black', 0, 'integrated-gradients', /is the baseline itself.*another baseline/],
    ['white', 1, 'integrated-gradients', /is the baseline itself/],
    ['black', 0, 'input-x-gradient', /is black/],
  ] as const)(
    'a map of zeros that a %s picture of %d must give is explained: %s',
    async (baseline, level, method, words) => {
      const path = join(folder, `${baseline}.tiff`);
      await saveImage(createPixels(SIDE, SIDE, level), path, { depth: 16 });
      const settings = {
        method,
        target: 'class:a',
        ...(method === 'integrated-gradients' ? { baseline } : {}),
      };
      const [found] = (await explain(settings, { image: path })).methods;
      expect(found?.note).toMatch(words);
    },
  );

  it('integrated gradients are complete within a percent of the difference', async () => {
    const settings = { method: 'integrated-gradients', target: 'class:a' };
    const { completenessGap = NaN, difference = NaN } = (await explain(settings)).methods[0] ?? {};
    expect(Math.abs(completenessGap)).toBeLessThan(0.01 * Math.abs(difference));
    const { data } = await numbers(settings);
    expect(total(data)).toBeCloseTo(difference + completenessGap, 4);
    const coarse = (await explain({ ...settings, nodes: 1, baseline: 'white' })).methods[0];
    const gap = Math.abs((coarse?.completenessGap ?? NaN) / (coarse?.difference ?? NaN));
    expect(gap).toBeGreaterThan(0.01);
    expect(coarse?.note).toContain(`${(100 * gap).toFixed(1)} %`);
    for (const baseline of ['grey', 'white', 'mean']) {
      const other = (await explain({ ...settings, baseline })).methods[0];
      expect(other?.difference).not.toBeCloseTo(difference, 4);
    }
  });

  it('Grad-CAM before global pooling and one linear layer is CAM up to scale', async () => {
    const context = contextOf(tinyGraph);
    const map = await numbers({ method: 'grad-cam', target: 'class:1', layer: 'relu2' }, context);
    const raw = tinyGraph.constants.get('w3');
    if (raw?.type !== 'float32') throw new Error('no weights');
    const terms = await resolveObjective(context.model, 'layer:relu2');
    const g = context.model.build(
      { width: SIDE, height: SIDE },
      terms.map(({ tensor }) => tensor),
    );
    const program = await context.runtime.compile(g.finish(['relu2']));
    const { view } = await explain({ method: 'gradient' }, { pictures: true });
    const picture = Float32Array.from(
      { length: 3 * SIDE ** 2 },
      (_, i) => (view?.rgba[4 * (i % SIDE ** 2) + Math.floor(i / SIDE ** 2)] ?? NaN) / 255,
    );
    const { relu2 } = await program.run({
      [IMAGE]: { type: 'float32', dims: [1, 3, SIDE, SIDE], data: picture },
    });
    await program.dispose();
    const cells = (relu2?.data.length ?? 0) / 6;
    const grid = Math.sqrt(cells);
    const cam = Array.from({ length: cells }, (_, i) =>
      Math.max(
        0,
        total(
          Array.from(
            { length: 6 },
            (__, k) => (raw.data[6 + k] ?? NaN) * (relu2?.data[k * cells + i] ?? NaN),
          ),
        ),
      ),
    );
    // The map is enlarged bilinearly; at the four pixels around a cell's centre its mean is near the cell's value.
    const [highest, scale] = [Math.max(...cam), Math.max(...map.data)];
    expect(scale).toBeGreaterThan(0);
    const step = SIDE / grid;
    cam.forEach((value, i) => {
      const [x, y] = [(i % grid) * step + step / 2, Math.floor(i / grid) * step + step / 2];
      const around = [-1, 0].flatMap((dy) => [-1, 0].map((dx) => map.data[(y + dy) * SIDE + x + dx] ?? NaN));
      expect(Math.abs(total(around) / 4 / scale - value / highest)).toBeLessThan(0.15);
    });
  });

  it('a Grad-CAM without positive evidence is all zero, and says so', async () => {
    const settings = { method: 'grad-cam,guided-grad-cam', target: 'layer:relu2*-1', layer: 'relu2' };
    const { methods } = await explain(settings, { out });
    for (const { note } of methods) expect(note).toContain('no positive evidence in this layer');
    const { data } = await numbers({ ...settings, method: 'grad-cam' });
    expect(new Set(data)).toEqual(new Set([0]));
  });
});
