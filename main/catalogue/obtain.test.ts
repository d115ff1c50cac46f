import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NO_CHANGES } from '../../shared/contract/network-card.ts';
import { ReverieError } from '../../shared/errors.ts';
import type { CatalogueNetwork } from './network.ts';
import { obtain } from './obtain.ts';
import { partBytes } from './part.ts';
import { badServer, local, networkOf, wellBehaved, type BadServer } from './testing/bad-server.ts';
import { toyEngine, type ToyEngine } from './testing/toy-engine.ts';

const file = randomBytes(10_000);

let server: BadServer;
let models: string;
let toy: ToyEngine;
let network: CatalogueNetwork;
beforeEach(async () => {
  server = await badServer();
  server.answer('/toy', wellBehaved(file));
  network = networkOf(file, [`${server.origin}/toy`]);
  models = await mkdtemp(join(tmpdir(), 'reverie-obtain-'));
  toy = toyEngine(models);
});
afterEach(async () => {
  await server.close();
  await rm(models, { recursive: true, force: true });
});

async function run(): Promise<void> {
  for await (const { bytes, of } of obtain(network, { models, engine: toy.engine, web: local }))
    expect(bytes).toBeLessThanOrEqual(of);
}

it('installs a network with its card, and leaves nothing else', async () => {
  await run();
  expect((await readdir(models)).sort()).toEqual(['.downloads', 'toy.json', 'toy.onnx']);
  expect(await readdir(join(models, '.downloads'))).toEqual([]);
  expect(file.equals(await readFile(join(models, 'toy.onnx')))).toBe(true);
  expect(JSON.parse(await readFile(join(models, 'toy.json'), 'utf8'))).toEqual({
    title: 'A toy',
    short: 'Toy',
    input: network.input,
    certainty: 'stated',
    why: expect.stringContaining('states'),
    labels: null,
    licence: 'MIT',
    source: `${server.origin}/toy`,
  });
});

it('asks nobody for what is installed', async () => {
  await writeFile(join(models, 'toy.onnx'), file);
  await run();
  expect(server.asked).toEqual([]);
});

it('leaves another network of the same name alone', async () => {
  await writeFile(join(models, 'Toy.onnx'), 'mine');
  await expect(run()).rejects.toMatchObject({
    code: 'download/failed',
    message: expect.stringContaining('"Toy"'),
  });
  expect(server.asked).toEqual([]);
  expect(await readFile(join(models, 'Toy.onnx'), 'utf8')).toBe('mine');
});

it('does not install what the engine cannot read, and keeps the download', async () => {
  toy.refusal = new ReverieError('model/unsupported', 'Not this one.');
  await expect(run()).rejects.toMatchObject({ code: 'model/unsupported' });
  expect(await readdir(models)).toEqual(['.downloads']);
  expect(await partBytes(models, network)).toBe(file.length);
  toy.refusal = null;
  await run();
  expect(server.asked).toHaveLength(1);
});

it('leaves an archive to the import, with the card of what is in it', async () => {
  const inside = { file: 'graph.pb', sha256: 'a'.repeat(64) };
  network = { ...network, contents: { network: inside, labels: null }, inputStated: false, logits: 'scores' };
  await run();
  expect(toy.imports).toEqual([
    {
      file: { path: expect.stringContaining(network.sha256), name: 'toy.zip' },
      companions: [{ path: expect.any(String), name: 'graph.json' }],
      changes: { ...NO_CHANGES, name: 'toy' },
    },
  ]);
  expect(toy.cards).toMatchObject([
    { title: 'A toy', certainty: 'unsure', logits: 'scores', licence: 'MIT' },
  ]);
  expect((await readdir(models)).sort()).toEqual(['.downloads', 'toy.pb']);
  expect(await partBytes(models, network)).toBeNull();
});
