/**
 * An exported explanation in another program: ONNX Runtime's build for browsers, in a page that knows nothing of Reverie, finds the
 * numbers that Reverie found.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import type * as Ort from 'onnxruntime-web';
import { writeNetwork } from './support/network.ts';
import { writePhoto } from './support/photos.ts';
import { expect, test } from './support/test.ts';

const METHODS = ['gradient', 'guided-backprop', 'grad-cam'];
const LIKE = 1e-5;

/** Answers a page's requests by files of the runtime and of a folder. */
const PAGE = 'http://elsewhere.test/';
const RUNTIME = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
const TYPES: Readonly<Record<string, string>> = { mjs: 'text/javascript', wasm: 'application/wasm' };

for (const size of [32, 48])
  test(`an explainer of ${size} pixels finds in a browser's runtime what Reverie found`, async ({
    folder,
    startBrowser,
  }) => {
    const photo = await writePhoto(join(folder, 'photo.png'), size, size);
    const [network] = writeNetwork(join(folder, 'tiny.onnx'));
    const words = ['--method', METHODS.join(), '--size', String(size), '--target', 'class:1'];
    const cli = join(import.meta.dirname, '..', 'dist', 'main', 'cli.js');
    await promisify(execFile)(
      process.execPath,
      [cli, 'explain', photo, '--model', network, ...words, '--raw', 'map.npy', '--export', 'explainer.onnx'],
      { cwd: folder, env: { ...process.env, REVERIE_HOME: join(folder, 'home') } },
    );
    const page = await (await startBrowser()).newPage();
    try {
      await openElsewhere(page, folder);
      for (const method of METHODS) {
        const own = numbersOf(await readFile(join(folder, `map-${method}.npy`)));
        const found = await page.evaluate(explainThere, { method, size, index: 1 });
        expect(found).toHaveLength(own.length);
        const largest = Math.max(...own.map(Math.abs));
        expect(largest).toBeGreaterThan(0);
        const off = own.map((value, i) => Math.abs(value - (found[i] ?? NaN)));
        expect(Math.max(...off), method).toBeLessThan(LIKE * largest);
      }
    } finally {
      await page.close();
    }
  });

async function openElsewhere(page: Page, folder: string): Promise<void> {
  await page.route(`${PAGE}**`, async (route) => {
    const name = basename(new URL(route.request().url()).pathname);
    if (name === '')
      return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Elsewhere</title>' });
    const ending = name.split('.').at(-1) ?? '';
    const body = await readFile(join(ending in TYPES ? RUNTIME : folder, name));
    return route.fulfill({ contentType: TYPES[ending] ?? 'application/octet-stream', body });
  });
  await page.goto(PAGE);
}

/** Runs in the page: the map of a class in the photo. */
async function explainThere({
  method,
  size,
  index,
}: {
  method: string;
  size: number;
  index: number;
}): Promise<number[]> {
  const runtime = '/ort.wasm.min.mjs';
  const ort = (await import(runtime)) as typeof Ort;
  ort.env.wasm.numThreads = 1;
  const bitmap = await createImageBitmap(await (await fetch('/photo.png')).blob());
  const context = new OffscreenCanvas(size, size).getContext('2d');
  if (context === null) throw new Error('There is no canvas.');
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, size, size);
  const plane = size * size;
  const picture = Float32Array.from({ length: 3 * plane }, (_, i) => {
    const [pixel, colour] = [i % plane, Math.floor(i / plane)];
    return (data[4 * pixel + colour] ?? 0) / 255;
  });
  const session = await ort.InferenceSession.create(`/explainer-${method}.onnx`);
  const { map } = await session.run({
    picture: new ort.Tensor('float32', picture, [1, 3, size, size]),
    class: new ort.Tensor('int64', BigInt64Array.from([BigInt(index)]), [1]),
  });
  return Array.from(map?.data as Float32Array);
}

/** Of a .npy file, whatever their shape. */
function numbersOf(file: Buffer): number[] {
  const start = 10 + file.readUInt16LE(8);
  return Array.from({ length: (file.length - start) / 4 }, (_, i) => file.readFloatLE(start + 4 * i));
}
