/** `npm start`: shows how to dream from the terminal, on a picture that it paints itself. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root, setUp } from './setup.mjs';

await setUp();
const folder = join(root, 'dist', 'sample');
mkdirSync(folder, { recursive: true });
const picture = join(folder, 'clouds.png');
await paintClouds(picture);
const result = join(folder, 'dream.png');

console.log('Reverie dreams from the terminal. On a picture of yours:');
console.log('  npx reverie dream photo.jpg');
console.log('  npx reverie dream photo.jpg --octaves 5 --rate 2 --size 1600 --out dream.png');
console.log('  npx reverie run dream.png --seed 7     (the recipe is inside the picture)');
console.log(`Now, as a sample: npx reverie dream ${relative(process.cwd(), picture)}`);
const { status } = spawnSync(
  process.execPath,
  [join(root, 'scripts', 'reverie.mjs'), 'dream', picture, '--out', result, '--size', '384'],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;

/** Soft colours: a few random pixels, smoothly enlarged, twice. */
async function paintClouds(path) {
  const { default: sharp } = await import('sharp');
  const layer = (columns, rows) => {
    const raw = { width: columns, height: rows, channels: 3 };
    const data = Uint8Array.from({ length: columns * rows * 3 }, () => 60 + 150 * Math.random());
    return sharp(data, { raw }).resize(576, 384, { fit: 'fill', kernel: 'cubic' }).png().toBuffer();
  };
  const detail = await layer(36, 24);
  await sharp(await layer(6, 4))
    .composite([{ input: detail, blend: 'soft-light' }])
    .png()
    .toFile(path);
}
