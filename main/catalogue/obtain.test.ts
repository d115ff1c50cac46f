import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ReverieError } from '../../shared/errors.ts';
import type { InstallOptions } from './install.ts';
import type { CatalogueNetwork } from './network.ts';
import { obtain } from './obtain.ts';
import { partBytes } from './part.ts';
import { badServer, local, networkOf, wellBehaved, type BadServer } from './testing/bad-server.ts';

const file = randomBytes(10_000);
type Engine = InstallOptions['engine'];

let server: BadServer;
let models: string;
let network: CatalogueNetwork;
beforeEach(async () => {
  server = await badServer();
  server.answer('/toy', wellBehaved(file));
  network = networkOf(file, [`${server.origin}/toy`]);
  models = await mkdtemp(join(tmpdir(), 'reverie-obtain-'));
});
afterEach(async () => {
  await server.close();
  await rm(models, { recursive: true, force: true });
});

/** An engine with these networks installed, by their ids and hashes, which can read any file. */
function engineWith(installed: Readonly<Record<string, string>> = {}): {
  [Call in keyof Engine]: ReturnType<typeof vi.fn<Engine[Call]>>;
} {
  const summary = { title: '', short: '', format: 'onnx', bytes: 1, default: false, shipped: false } as const;
  const ids = Object.keys(installed);
  const input = { name: 'data', channels: 3, width: 224, height: 224, free: true, order: 'rgb' } as const;
  const info = {
    name: '',
    format: 'onnx',
    card: { short: '', certainty: 'stated', why: '', source: null, licence: null, labels: null },
    input: { ...input, layout: 'NCHW', mean: [0], scale: [1] },
    layers: [],
    parameters: 0,
    minSize: 1,
    classes: null,
    labelled: false,
    dreamLayers: [],
    withoutGradient: [],
  } as const;
  return {
    listModels: vi.fn(() => Promise.resolve({ models: ids.map((id) => ({ id, ...summary })) })),
    inspectModel: vi.fn(({ model }: { model: string | null }) =>
      Promise.resolve({ ...info, model: model ?? '', sha256: installed[model ?? ''] ?? '' }),
    ),
    importModel: vi.fn(() => Promise.reject(new ReverieError('model/unsupported', 'No archives today.'))),
  };
}

async function run(engine: Engine): Promise<void> {
  for await (const { bytes, of } of obtain(network, { models, engine, web: local }))
    expect(bytes).toBeLessThanOrEqual(of);
}

it('installs a network with its card, and leaves nothing else', async () => {
  await run(engineWith());
  expect((await readdir(models)).sort()).toEqual(['.downloads', 'toy.json', 'toy.onnx']);
  expect(await readdir(join(models, '.downloads'))).toEqual([]);
  expect(file.equals(await readFile(join(models, 'toy.onnx')))).toBe(true);
  expect(JSON.parse(await readFile(join(models, 'toy.json'), 'utf8'))).toEqual({
    title: 'A toy',
    short: 'Toy',
    input: network.input,
    labels: null,
    licence: 'MIT',
    source: `${server.origin}/toy`,
  });
});

it('asks nobody for what is installed', async () => {
  await run(engineWith({ toy: network.sha256 }));
  expect(server.asked).toEqual([]);
});

it('leaves another network of the same name alone', async () => {
  await expect(run(engineWith({ Toy: 'f'.repeat(64) }))).rejects.toMatchObject({
    code: 'download/failed',
    message: expect.stringContaining('"Toy"'),
  });
  expect(server.asked).toEqual([]);
});

it('does not install what the engine cannot read, and keeps the download', async () => {
  const engine = engineWith();
  engine.inspectModel.mockRejectedValueOnce(new ReverieError('model/unsupported', 'Not this one.'));
  await expect(run(engine)).rejects.toMatchObject({ code: 'model/unsupported' });
  expect(await readdir(models)).toEqual(['.downloads']);
  expect(await partBytes(models, network)).toBe(file.length);
  await run(engine);
  expect(server.asked).toHaveLength(1);
});

it('leaves an archive to the import, with what the catalogue says of its input', async () => {
  const inside = { file: 'toy.pb', sha256: 'a'.repeat(64) };
  network = { ...network, contents: { network: inside, labels: null } };
  const engine = engineWith();
  await expect(run(engine)).rejects.toMatchObject({ code: 'model/unsupported' });
  engine.importModel.mockResolvedValueOnce({
    model: {
      id: 'toy',
      title: '',
      short: '',
      format: 'tensorflow',
      bytes: 1,
      default: false,
      shipped: false,
    },
    recognised: {
      family: null,
      certainty: 'stated',
      why: '',
      input: (await engine.inspectModel({ model: 'toy', size: null })).input,
      classes: null,
      labels: null,
      dreamLayers: [],
    },
  });
  await run(engine);
  expect(engine.importModel).toHaveBeenLastCalledWith({
    file: { path: expect.stringContaining(network.sha256), name: 'toy.zip' },
    companions: [],
    changes: {
      name: 'Toy',
      size: 224,
      layout: 'NCHW',
      channelOrder: 'RGB',
      mean: [0, 0, 0],
      scale: [1, 1, 1],
      labels: null,
    },
  });
  expect(server.asked).toHaveLength(1);
  expect(await partBytes(models, network)).toBeNull();
});
