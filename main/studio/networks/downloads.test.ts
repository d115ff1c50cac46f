import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ReverieError } from '../../../shared/errors.ts';
import type { Download } from '../../../shared/studio/catalogue.ts';
import type { CatalogueNetwork } from '../../catalogue/network.ts';
import { partPath } from '../../catalogue/part.ts';
import {
  badServer,
  local,
  networkOf,
  sending,
  status,
  wellBehaved,
  type BadServer,
} from '../../catalogue/testing/bad-server.ts';
import { toyEngine, type ToyEngine } from '../../catalogue/testing/toy-engine.ts';
import { Downloads } from './downloads.ts';

const file = randomBytes(10_000);
const some = 4000;
const good = wellBehaved(file);
const stalling = sending({ 'Content-Length': file.length }, file.subarray(0, some), 'silence');

let server: BadServer;
let models: string;
let toy: ToyEngine;
let network: CatalogueNetwork;
let downloads: Downloads;
let installations = 0;
beforeEach(async () => {
  server = await badServer();
  models = await mkdtemp(join(tmpdir(), 'reverie-downloads-'));
  toy = toyEngine(models);
  network = networkOf(file, [`${server.origin}/toy`]);
  installations = 0;
  downloads = open();
});
afterEach(async () => {
  await downloads.close();
  await server.close();
  await rm(models, { recursive: true, force: true });
});

function open(): Downloads {
  return new Downloads({
    networks: [network],
    web: local,
    models,
    engine: toy.engine,
    ids: () => toy.ids(),
    installed() {
      installations++;
      return Promise.resolve();
    },
  });
}

/** The first state that a window sees which is the one that is waited for. */
async function until(state: Download['state'], atLeast = 0): Promise<Download> {
  await downloads.ready();
  for await (const { changed } of downloads.watched.changes()) {
    const found = changed.find((download) => download.state === state && download.bytes >= atLeast);
    if (found !== undefined) return found;
  }
  throw new Error('The stream ended.');
}

it('installs a network in the background, once, and asks nobody before', async () => {
  server.answer('/toy', good);
  expect(await downloads.entries()).toMatchObject([{ id: 'toy', installed: false, hosts: ['127.0.0.1'] }]);
  expect(server.asked).toEqual([]);
  const started = await Promise.all([downloads.start('toy'), downloads.start('toy')]);
  expect(started.map(({ state }) => state)).toEqual(['running', 'running']);
  expect(await until('done')).toEqual({ id: 'toy', bytes: 10_000, of: 10_000, state: 'done', error: null });
  expect(server.asked).toHaveLength(1);
  expect(installations).toBe(1);
  expect(await downloads.entries()).toMatchObject([{ id: 'toy', installed: true }]);
});

it('pauses and goes on, also in another session', async () => {
  server.answer('/toy', stalling, good);
  await downloads.start('toy');
  await until('running', some);
  await downloads.cancel('toy');
  const paused = { id: 'toy', bytes: some, of: 10_000, state: 'paused', error: null };
  expect(await until('paused')).toEqual(paused);
  downloads = open();
  expect(await until('paused')).toEqual(paused);
  await downloads.start('toy');
  await until('done');
  expect(server.asked.map(({ range }) => range)).toEqual([undefined, `bytes=${some}-`]);
});

it('forgets a paused one, with what has come of it', async () => {
  server.answer('/toy', stalling);
  await downloads.start('toy');
  await until('running', some);
  await downloads.cancel('toy');
  await downloads.cancel('toy');
  expect(existsSync(partPath(models, network))).toBe(false);
  for await (const { changed } of downloads.watched.changes()) {
    expect(changed).toEqual([]);
    break;
  }
});

it('tells why one failed, and starts it again', async () => {
  server.answer('/toy', status(404), good);
  await downloads.start('toy');
  expect(await until('failed')).toMatchObject({
    bytes: 0,
    error: { code: 'download/failed', message: expect.stringContaining('answered 404') },
  });
  toy.refusal = new ReverieError('model/unsupported', 'Not this one.');
  await downloads.start('toy');
  const refused = await until('failed', file.length);
  expect(refused.error).toEqual({ code: 'model/unsupported', message: 'Not this one.' });
  toy.refusal = null;
  await downloads.start('toy');
  await until('done');
  expect(server.asked).toHaveLength(2);
});

it('keeps what has come when the studio closes', async () => {
  server.answer('/toy', stalling);
  await downloads.start('toy');
  await until('running', some);
  await downloads.close();
  expect(await until('paused')).toMatchObject({ bytes: some });
});

it('knows no other networks', async () => {
  await expect(downloads.start('toys')).rejects.toMatchObject({ code: 'model/missing' });
  await expect(downloads.cancel('toys')).rejects.toMatchObject({ code: 'model/missing' });
});
