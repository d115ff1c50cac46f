/** Draws the sample pictures: `node renderer/samples/draw/draw.mjs [name]`. The same program gives the same pictures. */
import { join } from 'node:path';
import process from 'node:process';
import sharp from 'sharp';
import { fruit } from './fruit.mjs';
import { lake } from './lake.mjs';
import { clamp } from './noise.mjs';
import { sea } from './sea.mjs';
import { wood } from './wood.mjs';

const [WIDTH, HEIGHT] = [1020, 680];
/** Rays a pixel, along each side. */
const FINE = 2;
const QUALITY = 76;

/** A canvas from a colour for each point. */
function traced(colourAt) {
  const canvas = new Float32Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const at = (y * WIDTH + x) * 3;
      for (let ray = 0; ray < FINE * FINE; ray++) {
        const u = (2 * (x + ((ray % FINE) + 0.5) / FINE) - WIDTH) / HEIGHT;
        const v = (2 * (y + (Math.floor(ray / FINE) + 0.5) / FINE) - HEIGHT) / HEIGHT;
        const colour = colourAt(u, v);
        for (let c = 0; c < 3; c++) canvas[at + c] += colour[c] / FINE ** 2;
      }
    }
  }
  return canvas;
}

/** Highlights roll off softly, as on film. */
const tone = (value) => clamp((value * (1 + 0.22 * value)) / (1 + 0.55 * value * value ** 0.6)) ** 0.94;

const pictures = {
  lake: () => traced(lake),
  clouds: () => traced(sea),
  'still-life': () => traced(fruit),
  wood: () => wood(WIDTH, HEIGHT),
};

const wanted = process.argv.slice(2);
for (const [name, draw] of Object.entries(pictures)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const pixels = Uint8Array.from(draw(), (value) => Math.round(255 * tone(value)));
  const file = join(import.meta.dirname, '..', `${name}.jpg`);
  await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .jpeg({ quality: QUALITY, mozjpeg: true })
    .toFile(file);
}
