import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { download } from './download.ts';
import type { CatalogueNetwork } from './network.ts';
import { disk, partBytes, partPath, type Disk } from './part.ts';
import { local, networkOf, sending, wellBehaved, type Answer } from './testing/bad-server.ts';
import { downloadFixture, type DownloadFixture } from './testing/download-fixture.ts';

const file = randomBytes(300_000);
const half = file.subarray(0, 150_000);
const announced = { 'Content-Length': file.length };
const good = wellBehaved(file);

let net: DownloadFixture;
beforeEach(async () => {
  net = await downloadFixture(file);
});
afterEach(() => net.close());

describe('a full disk', () => {
  it('is noticed before anybody is asked', async () => {
    const full: Disk = { ...disk, free: () => Promise.resolve(2 ** 17) };
    await expect(net.run(net.toy([good]), { disk: full })).rejects.toMatchObject({
      code: 'download/space',
      message: 'The disk has no room for Toy: 0.3 MiB are needed, and 0.1 MiB are free.',
    });
    expect(net.server.asked).toEqual([]);
  });

  it('keeps what could be written', async () => {
    const network = net.toy([good]);
    const filling: Disk = {
      ...disk,
      async append(path) {
        const real = await disk.append(path);
        return {
          ...real,
          async write(bytes) {
            const room = 100_000 - ((await partBytes(net.models, network)) ?? 0);
            await real.write(bytes.subarray(0, room));
            if (room < bytes.length) throw Object.assign(new Error('write'), { code: 'ENOSPC' });
          },
        };
      },
    };
    await expect(net.run(network, { disk: filling })).rejects.toMatchObject({ code: 'download/space' });
    expect(await partBytes(net.models, network)).toBe(100_000);
    await net.run(network);
    expect(net.server.asked.at(-1)?.range).toBe('bytes=100000-');
    expect(file.equals(await net.contents(network))).toBe(true);
  });
});

describe('a server that says nothing', () => {
  const silent: Answer = () => undefined;
  const stalling = { ...local, stallMs: 250, retries: 1 };

  it('is asked again from where it stopped, and then left for the next', async () => {
    const network = net.toy([sending(announced, half, 'silence'), silent], [good]);
    await net.run(network, { web: stalling });
    expect(file.equals(await net.contents(network))).toBe(true);
    expect(net.server.asked.map(({ path, range }) => [path, range])).toEqual([
      ['/0', undefined],
      ['/0', 'bytes=150000-'],
      ['/1', 'bytes=150000-'],
    ]);
  });

  it('is named when there is no other', async () => {
    await expect(net.run(net.toy([silent]), { web: { ...stalling, retries: 0 } })).rejects.toMatchObject({
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
  const network = networkOf(large, [`${net.server.origin}/0`]);
  net.server.answer('/0', breaking);
  await net.run(network, { web: { ...local, retries: 1 } });
  expect(large.equals(await net.contents(network))).toBe(true);
  expect(net.server.asked).toHaveLength(5);
});

it('says when there is no place to write', async () => {
  await writeFile(join(net.models, '.downloads'), 'in the way');
  await expect(net.run(net.toy([good]))).rejects.toMatchObject({ code: 'output/unwritable' });
  expect(net.server.asked).toEqual([]);
});

describe('a download that is stopped', () => {
  it.each<[what: string, answer: Answer, kept: number]>([
    ['in the middle', sending(announced, half, 'silence'), half.length],
    ['before any answer', () => undefined, 0],
  ])('%s goes on from there', async (_what, answer, kept) => {
    const network = net.toy([answer, good]);
    const stop = new AbortController();
    const stopped = expect(net.run(network, { signal: stop.signal })).rejects.toMatchObject({
      code: 'job/cancelled',
    });
    await vi.waitFor(
      async () => {
        expect(net.server.asked).toHaveLength(1);
        expect((await partBytes(net.models, network)) ?? 0).toBe(kept);
      },
      { interval: 5 },
    );
    stop.abort();
    await stopped;
    expect((await partBytes(net.models, network)) ?? 0).toBe(kept);
    await net.run(network);
    expect(net.server.asked.at(-1)?.range).toBe(kept === 0 ? undefined : `bytes=${kept}-`);
    expect(file.equals(await net.contents(network))).toBe(true);
  });

  it('keeps what came when its reader leaves', async () => {
    const network = net.toy([good]);
    for await (const { bytes } of download(network, { models: net.models, web: local })) if (bytes > 0) break;
    expect(await partBytes(net.models, network)).toBeGreaterThan(0);
    await net.run(network);
    expect(file.equals(await net.contents(network))).toBe(true);
  });
});

describe('two programs', () => {
  const mark = (network: CatalogueNetwork): string => `${partPath(net.models, network)}.pid`;

  it('do not download the same at once', async () => {
    const network = net.toy([good]);
    const first = download(network, { models: net.models, web: local });
    await first.next();
    await expect(net.run(network)).rejects.toMatchObject({
      code: 'download/failed',
      message: expect.stringContaining(`by the process ${process.pid}`),
    });
    await first.return();
    await net.run(network);
    expect(existsSync(mark(network))).toBe(false);
  });

  it('take over from one that died', async () => {
    const network = net.toy([good]);
    await net.begun(network, half);
    // No system has such a process.
    await writeFile(mark(network), String(2 ** 30));
    await net.run(network);
    expect(file.equals(await net.contents(network))).toBe(true);
  });
});
