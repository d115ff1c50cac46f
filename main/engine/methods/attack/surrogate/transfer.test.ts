/** A surrogate on a real network and a real photo: what dreamnet learns of SqueezeNet's labels, and that it fools it. */
import { requestOf } from '../../../../../shared/methods/request.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { attack } from '../../../../../shared/recipes/attack.ts';
import { parse } from '../../../../../shared/recipes/fields.ts';
import { modelsFolder } from '../../../models/folder.ts';
import { ModelCache } from '../../../models/installed/cache.ts';
import { ProgramCache } from '../../../runtime/cache.ts';
import { onnxRuntime } from '../../../runtime/onnxruntime.ts';
import { describeWithShared, sharedFile } from '../../../testing/shared-folder.ts';
import { runAttack } from '../job.ts';

/** Enough for two rounds of training, the second with more samples than the first. */
const QUERIES = 160;

describeWithShared('dreamnet as the surrogate of SqueezeNet', () => {
  const programs = new ProgramCache(2 ** 28);
  afterAll(() => programs.clear());

  it('learns from its labels, and what fools it fools SqueezeNet', { timeout: 600_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reverie-surrogate-'));
    const [models, runtime] = [new ModelCache(), onnxRuntime({ threads: 1 })];
    const request = requestOf('attack', {
      image: sharedFile('images', 'n01484850_great_white_shark.JPEG'),
      settings: parse(attack, { method: 'substitute', eps: '16/255', queries: QUERIES }),
      out: join(folder, 'shark.png'),
      ...({ model: null, runtime: 'onnxruntime', device: 'cpu' } as const),
    });
    const open = async (name: string | null) => {
      const path =
        name === null ? sharedFile('models', 'squeezenet1.1.onnx') : join(modelsFolder(), `${name}.onnx`);
      return { model: await models.load(path), runtime, programs };
    };
    for await (const event of runAttack(open, request)) {
      if (event.kind !== 'done') continue;
      const { success, norms, queries, substitute } = event.result;
      expect(success).toBe(true);
      expect(norms.linf).toBeLessThanOrEqual(16);
      expect(queries).toBeLessThanOrEqual(QUERIES);
      expect(substitute).toMatchObject({ network: 'dreamnet', trained: 1_025_000 });
      const counts = (substitute?.agreement ?? []).map(({ agreed }) => agreed);
      expect(counts[substitute?.chosen ?? 0]).toBeGreaterThan(counts[0] ?? 40);
    }
    await rm(folder, { recursive: true });
  });
});
