/** Networks for pictures that are not square, in what looks at many pictures or at parts of them: examples, patches, surrogates. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRequest } from '../../shared/methods/request.ts';
import { resultOf } from '../../shared/jobs.ts';
import { decodeImage, saveImage } from './imaging/codec.ts';
import { createPixels } from './imaging/pixels.ts';
import { createEngineService } from './service.ts';
import { exported, Home } from './testing/export-cases.ts';

let home: Home;
let engine: ReturnType<typeof createEngineService>;
let photos: string[];

/** Without structure, brighter where the channel is the photo's own. */
async function writePhoto(path: string, width: number, height: number, seed: number): Promise<string> {
  const picture = createPixels(width, height);
  const plane = width * height;
  picture.data.forEach((_, i) => {
    picture.data[i] =
      0.25 + 0.25 * Math.sin(12.9898 * seed * (i + 1)) + (Math.floor(i / plane) === seed % 3 ? 0.4 : 0);
  });
  await saveImage(picture, path);
  return path;
}

beforeAll(async () => {
  home = await Home.make();
  engine = createEngineService(home.path);
  await mkdir(join(home.path, 'photos'));
  photos = await Promise.all(
    SIZES.map(([width, height], i) =>
      writePhoto(join(home.path, 'photos', `${i}.png`), width, height, i + 1),
    ),
  );
});
afterAll(() => home.remove());

const SIZES: readonly (readonly [width: number, height: number])[] = [
  [90, 60],
  [48, 70],
  [64, 32],
  [130, 41],
];

const execution = { runtime: 'auto', device: 'cpu' } as const;
const wide = join('main', 'engine', 'models', 'fixtures', 'tokens', 'vit-wide.onnx');

describe.each([
  ['nonsquare', () => exported('nonsquare'), 'channel:r2/3'],
  ['vit-wide', () => wide, 'channel:mul_3/20'],
])('%s', (_name, file, target) => {
  it('finds examples, with crops of the photos that lie inside them', async () => {
    const model = await home.bring(engine, file());
    const settings = { target: [target], top: 4 };
    const { units } = await resultOf(
      engine.examples(parseRequest('examples', { ...execution, model, photos, settings })),
    );
    const [unit] = units;
    expect(unit?.examples).toHaveLength(4);
    for (const { path, crop } of unit?.examples ?? []) {
      const [width, height] = SIZES[photos.indexOf(path)] ?? [0, 0];
      expect(crop.width * crop.height).toBeGreaterThan(0);
      expect(crop.x + crop.width).toBeLessThanOrEqual(width);
      expect(crop.y + crop.height).toBeLessThanOrEqual(height);
    }
  });

  it('is fooled by a patch at one place, and takes one that works anywhere', async () => {
    const model = await home.bring(engine, file());
    const [image = ''] = photos;
    const out = join(home.path, 'patched.png');
    const one = { method: 'patch', patchSize: 0.6, steps: 20 };
    const fixed = await resultOf(
      engine.attack(parseRequest('attack', { ...execution, model, image, out, settings: one })),
    );
    expect(fixed.success).toBe(true);
    const patch = join(home.path, 'patch.png');
    const settings = { ...one, placement: 'anywhere', samples: 1, steps: 4, fresh: 4 };
    const anywhere = await resultOf(
      engine.attackSet(parseRequest('attackSet', { ...execution, model, images: photos, patch, settings })),
    );
    expect(anywhere.rows).toHaveLength(4);
    expect((await decodeImage(patch)).pixels.width).toBeGreaterThan(8);
  });

  it('is attacked through a surrogate, a network of another shape', async () => {
    const model = await home.bring(engine, file());
    const substitute = await home.bring(engine, exported('plain'));
    const [image = ''] = photos;
    const settings = { method: 'substitute', substitute, queries: 200, steps: 4, eps: '24/255' };
    const out = join(home.path, 'substituted.png');
    const found = await resultOf(
      engine.attack(parseRequest('attack', { ...execution, model, image, out, settings })),
    );
    expect(found.queries).toBeLessThanOrEqual(200);
    expect(found.substitute?.agreement.length).toBeGreaterThan(0);
  });
});
