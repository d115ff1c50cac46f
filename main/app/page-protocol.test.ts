import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listPageFiles } from '../doors/page-files.ts';
import { greyPng, temporaryStudio, type TemporaryStudio } from '../studio/testing/temporary-studio.ts';
import { answerPage, isPage } from './page-protocol.ts';

let studio: TemporaryStudio;
let page: string;
const ask = async (url: string, method = 'GET'): Promise<Response> =>
  answerPage({ url, method }, { files: await listPageFiles(page), resources: studio.studio.resources });

beforeEach(async () => {
  studio = await temporaryStudio();
  page = await mkdtemp(join(tmpdir(), 'reverie-page-'));
  await writeFile(join(page, 'index.html'), '<!doctype html>');
  await writeFile(join(studio.home, 'secret.html'), 'not for anybody');
});
afterEach(async () => {
  await studio.close();
  await rm(page, { recursive: true, force: true });
});

it('shows the page under its policy, and pictures', async () => {
  const answer = await ask('reverie://studio/');
  expect([answer.status, await answer.text()]).toEqual([200, '<!doctype html>']);
  expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'/);
  const offer = await studio.offer('clip.png', 7);
  await studio.studio.service.importFiles({ offers: [offer] });
  const picture = await ask('reverie://studio/picture/clip.png');
  expect(picture.headers.get('content-type')).toBe('image/png');
  expect(Buffer.from(await picture.arrayBuffer())).toEqual(Buffer.from(await greyPng(7)));
  expect((await ask('reverie://studio/thumbnail/clip.png')).headers.get('content-type')).toBe('image/jpeg');
});

it.each([
  'reverie://studio/../secret.html',
  'reverie://studio/%2e%2e/secret.html',
  'reverie://studio/..%2fsecret.html',
  'reverie://studio/picture/..%2f..%2fsecret.html',
  'reverie://studio/run/..%2f..%2f../source',
  'reverie://other/index.html',
  'reverie://studio/picture/none.png',
])('leads nowhere else: %s', async (address) => {
  const answer = await ask(address);
  expect(answer.status).toBe(404);
  expect(await answer.text()).not.toContain('not for anybody');
});

it('only shows', async () => {
  expect((await ask('reverie://studio/', 'POST')).status).toBe(404);
});

it.each([
  ['reverie://studio/', true],
  ['reverie://studio/#part', true],
  ['reverie://studio/index.html', false],
  ['reverie://studio/?x', false],
  ['reverie://studio.evil.example/', false],
  ['about:blank', false],
])('knows its page: %s', (url, expected) => {
  expect(isPage(url)).toBe(expected);
});
