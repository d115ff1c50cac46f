import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { download, type DownloadOptions, type DownloadProgress } from './download.ts';
import type { CatalogueNetwork } from './network.ts';
import { disk, partBytes, partPath, partsFolder, type Disk } from './part.ts';
import {
  badServer,
  local,
  networkOf,
  redirect,
  sending,
  status,
  wellBehaved,
  type Answer,
  type BadServer,
} from './testing/bad-server.ts';

const file = randomBytes(300_000);
const half = file.subarray(0, 150_000);
const announced = { 'Content-Length': file.length };
const good = wellBehaved(file);
const other = randomBytes(file.length);

let server: BadServer;
let models: string;
beforeEach(async () => {
  server = await badServer();
  models = await mkdtemp(join(tmpdir(), 'reverie-download-'));
});
afterEach(async () => {
  await server.close();
  await rm(models, { recursive: true, force: true });
});

/** A network with one address for each list of answers. */
function toy(...addresses: readonly (readonly Answer[])[]): CatalogueNetwork {
  const paths = addresses.map((answers, n) => {
    server.answer(`/${n}`, ...answers);
    return `${server.origin}/${n}`;
  });
  return networkOf(file, paths);
}

async function run(
  network: CatalogueNetwork,
  options: Partial<DownloadOptions> = {},
): Promise<DownloadProgress[]> {
  const told: DownloadProgress[] = [];
  for await (const progress of download(network, { models, web: local, ...options })) told.push(progress);
  return told;
}

const contents = (network: CatalogueNetwork): Promise<Buffer> => readFile(partPath(models, network));

async function begun(network: CatalogueNetwork, bytes: Uint8Array): Promise<void> {
  await mkdir(partsFolder(models), { recursive: true });
  await writeFile(partPath(models, network), bytes);
}

describe('a download that succeeds', () => {
  const badRange: Answer = (response) => {
    response.writeHead(206, { 'Content-Range': `bytes 7-${file.length - 1}/${file.length}` });
    response.end(file.subarray(7));
  };
  const cases: [what: string, addresses: Answer[][], begun: number, ranges: (number | null)[]][] = [
    ['from a server that behaves', [[good]], 0, [null]],
    ['from one that does not say how much it sends', [[sending({}, file, 'end')]], 0, [null]],
    [
      'when the connection breaks in the middle',
      [[sending(announced, half, 'break'), good]],
      0,
      [null, 150_000],
    ],
    ['when the answer ends too early', [[sending({}, half, 'end'), good]], 0, [null, 150_000]],
    ['where an earlier session stopped', [[good]], 1000, [1000]],
    ['when all had come before', [[good]], file.length, []],
    ['when an earlier session left too much', [[good]], file.length + 1, [file.length + 1, null]],
    ['from a server that ignores ranges', [[sending(announced, file, 'end')]], 1000, [1000]],
    ['from one that sends another range', [[badRange, good]], 1000, [1000, null]],
    ['after an error of the server', [[status(500), status(429), good]], 0, [null, null, null]],
    ['from the second address after 404', [[status(404)], [good]], 0, [null, null]],
    [
      'from the second address after half of it',
      [[sending(announced, half, 'break'), status(410)], [good]],
      0,
      [null, 150_000, 150_000],
    ],
    [
      'from the second address after wrong bytes',
      [[sending(announced, other, 'end')], [good]],
      0,
      [null, null],
    ],
    [
      'after half of wrong bytes',
      [[sending(announced, other.subarray(0, 99), 'break'), status(404)], [good], [good]],
      0,
      [null, 99, 99, null],
    ],
    [
      'from the second address after a wrong length',
      [[sending({ 'Content-Length': 7 }, half.subarray(0, 7), 'end')], [good]],
      0,
      [null, null],
    ],
    [
      'from the second address after too much',
      [[sending({}, Buffer.concat([file, file]), 'end')], [good]],
      0,
      [null, null],
    ],
  ];
  it.each(cases)('%s', async (_what, addresses, before, ranges) => {
    const network = toy(...addresses);
    if (before > 0) await begun(network, Buffer.concat([file, file]).subarray(0, before));
    const told = await run(network);
    expect(file.equals(await contents(network))).toBe(true);
    expect(told.at(-1)).toEqual({ bytes: file.length, of: file.length });
    expect(server.asked.map(({ range }) => range)).toEqual(
      ranges.map((from) => (from === null ? undefined : `bytes=${from}-`)),
    );
  });

  it('follows redirects to another host', async () => {
    const elsewhere = await badServer();
    elsewhere.answer('/file?signature=1', good);
    await run(toy([redirect(`${elsewhere.origin}/file?signature=1`)]));
    expect(elsewhere.asked).toHaveLength(1);
    await elsewhere.close();
  });

  it('takes a size that is not pinned from the server', async () => {
    const network = { ...toy([good]), bytes: null, bytesAbout: 250_000 };
    expect((await run(network)).at(-1)).toEqual({ bytes: file.length, of: file.length });
    // All has come, and the server says so.
    await run(network);
    expect(server.asked.map(({ range }) => range)).toEqual([undefined, `bytes=${file.length}-`]);
  });

  it('throws away what an earlier session left damaged', async () => {
    const network = toy([good]);
    await begun(network, other);
    await run(network);
    expect(file.equals(await contents(network))).toBe(true);
  });
});

describe('a download that fails', () => {
  const loop: Answer = (response, request) => redirect(request.url ?? '')(response, request);
  const onward: Answer = (response, { url = '' }) =>
    void response.writeHead(302, { Location: `${url}x` }).end();
  const cases: [what: string, answers: Answer[], code: string, sentence: RegExp][] = [
    ['a redirect loop', [loop], 'download/failed', /redirects in a circle/],
    ['a redirect to a file', [redirect('file:///etc/passwd')], 'download/failed', /file:.*not https/],
    [
      'a redirect off https',
      [redirect('http://example.org/')],
      'download/failed',
      /http:\/\/example.org, .*not https/,
    ],
    ['a redirect nowhere', [status(302)], 'download/failed', /redirects to no address/],
    ['a redirect to nonsense', [redirect('https://')], 'download/failed', /redirects to no address/],
    ['404', [status(404)], 'download/failed', /answered 404 \(Not Found\)/],
    ['503 for ever', [status(503)], 'download/failed', /answered 503/],
    ['too few bytes for ever', [sending({}, half, 'end')], 'download/failed', /ended after 150000 of 300000/],
    [
      'another length',
      [status(200, { 'Content-Length': 5e9 })],
      'download/corrupt',
      /a file of 5000000000 bytes/,
    ],
    [
      'too many bytes',
      [sending({}, Buffer.concat([file, file]), 'silence')],
      'download/corrupt',
      /more than the 300000/,
    ],
    [
      'corrupt bytes',
      [sending(announced, other, 'end')],
      'download/corrupt',
      /not the one that was asked for/,
    ],
  ];
  it.each(cases)('%s', async (_what, answers, code, sentence) => {
    const network = toy(answers);
    await expect(run(network)).rejects.toMatchObject({ code, message: expect.stringMatching(sentence) });
    if (code === 'download/corrupt') expect(existsSync(partPath(models, network))).toBe(false);
  });

  it('stops after ten redirects', async () => {
    for (let n = 0; n < 20; n++) server.answer(`/0${'x'.repeat(n)}`, onward);
    await expect(run(toy([onward]))).rejects.toMatchObject({
      code: 'download/failed',
      message: expect.stringContaining('more than 10 times'),
    });
    expect(server.asked).toHaveLength(11);
  });

  it('nobody there', async () => {
    const network = toy([good]);
    await server.close();
    await expect(run(network)).rejects.toMatchObject({
      code: 'download/failed',
      message: expect.stringContaining('cannot be reached (ECONNREFUSED)'),
    });
    server = await badServer();
  });

  it('never asks by http when nothing else is said', async () => {
    await expect(run(toy([good]), { web: {} })).rejects.toMatchObject({ code: 'download/failed' });
    expect(server.asked).toEqual([]);
  });

  it('takes no more than twice about what a size is said to be', async () => {
    const network = { ...toy([sending({}, file, 'silence')]), bytes: null, bytesAbout: 100_000 };
    await expect(run(network)).rejects.toMatchObject({ code: 'download/corrupt' });
  });
});

describe('a full disk', () => {
  it('is noticed before anybody is asked', async () => {
    const full: Disk = { ...disk, free: () => Promise.resolve(2 ** 17) };
    await expect(run(toy([good]), { disk: full })).rejects.toMatchObject({
      code: 'download/space',
      message: 'The disk has no room for Toy: 0.3 MiB are needed, and 0.1 MiB are free.',
    });
    expect(server.asked).toEqual([]);
  });

  it('keeps what could be written', async () => {
    const network = toy([good]);
    const filling: Disk = {
      ...disk,
      async append(path) {
        const real = await disk.append(path);
        return {
          ...real,
          async write(bytes) {
            const room = 100_000 - ((await partBytes(models, network)) ?? 0);
            await real.write(bytes.subarray(0, room));
            if (room < bytes.length) throw Object.assign(new Error('write'), { code: 'ENOSPC' });
          },
        };
      },
    };
    await expect(run(network, { disk: filling })).rejects.toMatchObject({ code: 'download/space' });
    expect(await partBytes(models, network)).toBe(100_000);
    await run(network);
    expect(server.asked.at(-1)?.range).toBe('bytes=100000-');
    expect(file.equals(await contents(network))).toBe(true);
  });
});

describe('a server that says nothing', () => {
  const silent: Answer = () => undefined;
  const stalling = { ...local, stallMs: 250, retries: 1 };

  it('is asked again from where it stopped, and then left for the next', async () => {
    const network = toy([sending(announced, half, 'silence'), silent], [good]);
    await run(network, { web: stalling });
    expect(file.equals(await contents(network))).toBe(true);
    expect(server.asked.map(({ path, range }) => [path, range])).toEqual([
      ['/0', undefined],
      ['/0', 'bytes=150000-'],
      ['/1', 'bytes=150000-'],
    ]);
  });

  it('is named when there is no other', async () => {
    await expect(run(toy([silent]), { web: { ...stalling, retries: 0 } })).rejects.toMatchObject({
      code: 'download/failed',
      message: expect.stringContaining('said nothing for 0.25 seconds'),
    });
  });
});

it('is patient with a connection that breaks often, as long as something comes', async () => {
  const large = randomBytes(5 * 2 ** 20);
  const breaking: Answer = (response, { headers }) => {
    const from = Number(/\d+/.exec(headers.range ?? '0')?.[0]);
    const range = `bytes ${from}-${large.length - 1}/${large.length}`;
    response.writeHead(from === 0 ? 200 : 206, { 'Content-Range': range });
    response.end(large.subarray(from, from + 2 ** 20));
  };
  const network = networkOf(large, [`${server.origin}/0`]);
  server.answer('/0', breaking);
  await run(network, { web: { ...local, retries: 1 } });
  expect(large.equals(await contents(network))).toBe(true);
  expect(server.asked).toHaveLength(5);
});

describe('a download that is stopped', () => {
  it.each<[what: string, answer: Answer, kept: number]>([
    ['in the middle', sending(announced, half, 'silence'), half.length],
    ['before any answer', () => undefined, 0],
  ])('%s goes on from there', async (_what, answer, kept) => {
    const network = toy([answer, good]);
    const stop = new AbortController();
    const stopped = expect(run(network, { signal: stop.signal })).rejects.toMatchObject({
      code: 'job/cancelled',
    });
    await vi.waitFor(
      async () => {
        expect(server.asked).toHaveLength(1);
        expect((await partBytes(models, network)) ?? 0).toBe(kept);
      },
      { interval: 5 },
    );
    stop.abort();
    await stopped;
    expect((await partBytes(models, network)) ?? 0).toBe(kept);
    await run(network);
    expect(server.asked.at(-1)?.range).toBe(kept === 0 ? undefined : `bytes=${kept}-`);
    expect(file.equals(await contents(network))).toBe(true);
  });

  it('keeps what came when its reader leaves', async () => {
    const network = toy([good]);
    for await (const { bytes } of download(network, { models, web: local })) if (bytes > 0) break;
    expect(await partBytes(models, network)).toBeGreaterThan(0);
    await run(network);
    expect(file.equals(await contents(network))).toBe(true);
  });
});

describe('two programs', () => {
  const mark = (network: CatalogueNetwork): string => `${partPath(models, network)}.pid`;

  it('do not download the same at once', async () => {
    const network = toy([good]);
    const first = download(network, { models, web: local });
    await first.next();
    await expect(run(network)).rejects.toMatchObject({
      code: 'download/failed',
      message: expect.stringContaining(`by the process ${process.pid}`),
    });
    await first.return();
    await run(network);
    expect(existsSync(mark(network))).toBe(false);
  });

  it('take over from one that died', async () => {
    const network = toy([good]);
    await begun(network, half);
    // No system has such a process.
    await writeFile(mark(network), String(2 ** 30));
    await run(network);
    expect(file.equals(await contents(network))).toBe(true);
  });
});
