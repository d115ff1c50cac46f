/** Networks without classes: CLIP's image tower and DINOv2, with the graphs of the catalogue's files (`fixtures/features/export.py`). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRecord } from '../../../shared/schema.ts';
import { loadModel } from './load.ts';

const open = (name: string) => loadModel(join(import.meta.dirname, 'fixtures', 'features', `${name}.onnx`));

/** How the catalogue says that pictures go in. */
function inputOf(id: string): Record<string, unknown> {
  const list: unknown = JSON.parse(readFileSync(join('models', 'catalogue.json'), 'utf8'));
  const entry = Array.isArray(list) ? list.find((each) => isRecord(each) && each['id'] === id) : undefined;
  if (!isRecord(entry) || !isRecord(entry['input'])) throw new Error(`The catalogue has no "${id}".`);
  return entry['input'];
}

describe.each([
  // Trained on pictures of 32 pixels, and of 48 whose positions are brought to the size of any picture.
  { file: 'clip', id: 'clip-vit-b-32', title: "CLIP's image tower", side: 32, output: 'image_embeds' },
  { file: 'dinov2', id: 'dinov2-small', title: 'DINOv2', side: 224, output: 'last_hidden_state' },
])('$file', ({ file, id, title, side, output }) => {
  it('is recognised, takes pictures as the catalogue says, and has no classes', async () => {
    const { card, classes, answer, shape } = await open(file);
    expect(card.title).toBe(title);
    expect(card.guessed).toBe(false);
    const { layout, channelOrder, mean, std } = inputOf(id);
    expect(card.preprocessing).toMatchObject({ layout, channelOrder, mean, std });
    expect(shape).toEqual({ width: side, height: side });
    expect(classes).toBeNull();
    expect(answer).toMatchObject({ output, kind: 'features' });
  });

  it('has its patches as a grid of features, at other sizes, too', async () => {
    const model = await open(file);
    const sizes = [model.shape, { width: 96, height: 64 }];
    for (const size of sizes) {
      const hidden = model.layers(size).filter(({ channels, grid }) => channels === 24 && grid);
      const places = { width: size.width / 8, height: size.height / 8 };
      expect(hidden.at(-1)).toMatchObject({ ...places, before: 1, after: 0 });
    }
    expect(model.sizes(model.graph.outputs).only).toBeNull();
  });
});
