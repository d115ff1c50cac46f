import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadModel } from './load.ts';

it('knows what of it cannot be used under any card', async () => {
  const model = await loadModel(join(import.meta.dirname, 'fixtures/exports/nms.onnx'));
  const unsupported = new Map([['NonMaxSuppression', ['sel']]]);
  expect(model.unsupported).toEqual(unsupported);
  expect(model.withCard({ ...model.card, title: 'Another' }).unsupported).toEqual(unsupported);
});
