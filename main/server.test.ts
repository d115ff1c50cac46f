import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { isRecord } from '../shared/schema.ts';
import { connect } from '../shared/rpc/connect.ts';
import { socketPort } from '../shared/rpc/socket-port.ts';
import { exportAddress, frameAddress, pictureAddress, thumbnailAddress } from '../shared/studio/addresses.ts';
import { uploadAddress } from '../shared/studio/browser.ts';
import { studioContract, type Studio } from '../shared/studio/contract.ts';
import type { Picture } from '../shared/studio/gallery.ts';
import { ReverieError } from '../shared/errors.ts';
import { listenToLog, type Entry } from './log/log.ts';
import { serve, type Serving } from './server.ts';
import { fakeEngine } from './studio/testing/fake-engine.ts';
import { greyPng, orderFor } from './studio/testing/temporary-studio.ts';

const TOKEN = 'a-token-of-24-characters';
let folder: string;
let server: Serving;
let origin: string;
let cookie: string;
const engine = fakeEngine();

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** As written: `fetch` would tidy the path and refuse some headers. */
function send(
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: Uint8Array | string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const request = httpRequest({ hostname, port, path, method, headers }, (response) => {
      buffer(response).then(
        (read) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: read }),
        reject,
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

const withSession = (path: string, options: Parameters<typeof send>[1] = {}): Promise<Answer> =>
  send(path, { ...options, headers: { origin, cookie, ...options.headers } });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-server-'));
  const page = join(folder, 'page');
  await mkdir(join(page, 'assets'), { recursive: true });
  await writeFile(join(page, 'index.html'), '<!doctype html><title>Reverie</title>');
  await writeFile(join(page, 'assets', 'index-1.js'), 'export {};');
  await writeFile(join(folder, 'secret.html'), 'not for anybody');
  server = await serve({
    engine,
    home: join(folder, 'home'),
    page,
    port: 0,
    token: TOKEN,
    limits: { picture: 1000, network: 3000 },
  });
  origin = new URL(server.url).origin;
  const { headers } = await send('/session', { method: 'POST', headers: { origin }, body: TOKEN });
  cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the page', () => {
  it('is for everybody, under a strict policy', async () => {
    const { status, headers, body } = await send('/');
    expect([status, body.toString()]).toEqual([200, '<!doctype html><title>Reverie</title>']);
    expect(headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self'/);
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\*/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect((await send('/assets/index-1.js')).headers['content-type']).toMatch(/javascript/);
  });

  it('opens at an address with the token in its fragment, which no server sees', () => {
    expect(new URL(server.url).hash).toBe(`#token=${TOKEN}`);
    expect(server.warning).toBeNull();
  });
});

describe('a failure', () => {
  it('is told to the window in a sentence, and to the log with its details', async () => {
    const entries: Entry[] = [];
    const leave = listenToLog((entry) => entries.push(entry));
    const studio: Studio = connect(socketPort(await open({ origin, cookie })), studioContract);
    const details = { path: '/somewhere/private', stderr: 'a driver' };
    vi.spyOn(engine, 'devices').mockRejectedValueOnce(
      new ReverieError('device/unusable', 'It broke.', details, { cause: new Error('lost') }),
    );
    const failure: unknown = await studio
      .devices({ measure: false, device: null })
      .catch((error: unknown) => error);
    leave();
    expect(failure).toMatchObject({ code: 'device/unusable', message: 'It broke.', details: {} });
    expect((failure as Error).stack).not.toContain('server.test.ts');
    expect(entries).toContainEqual(
      expect.objectContaining({
        level: 'error',
        text: 'It asked for "devices": It broke.',
        details: { code: 'device/unusable', path: '/somewhere/private', because: ['lost'] },
      }),
    );
  });
});

describe('a session', () => {
  it.each([
    ['a wrong token', 'another-token-of-24-char', 401],
    ['an empty one', '', 401],
    ['the token', TOKEN, 204],
  ])('is given for %s: %s %i', async (_name, body, status) => {
    const answer = await send('/session', { method: 'POST', headers: { origin }, body });
    expect(answer.status).toBe(status);
    expect(answer.headers['set-cookie'] !== undefined).toBe(status === 204);
  });

  it('is a cookie that no script and no other site gets', async () => {
    const answer = await send('/session', { method: 'POST', headers: { origin }, body: TOKEN });
    const { port } = new URL(origin);
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      new RegExp(`^reverie-${port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
    );
    expect(answer.headers['set-cookie']?.[0]).not.toContain(TOKEN);
    expect((await withSession('/session')).status).toBe(204);
  });

  it.each([
    '/session',
    '/picture/a.png',
    '/thumbnail/a.png',
    '/export/a.png?format=png',
    '/run/x/frames/1',
    '/nothing',
  ])('is needed for %s', async (path) => {
    expect((await send(path)).status).toBe(401);
    expect((await send(path, { headers: { cookie: 'reverie=x' } })).status).toBe(401);
  });

  it('is needed for an upload', async () => {
    const answer = await send(uploadAddress('a.png'), { method: 'POST', headers: { origin }, body: 'x' });
    expect(answer.status).toBe(401);
  });
});

describe('visitors from elsewhere', () => {
  it.each(['evil.example', 'evil.example:4747', '127.0.0.1.evil.example', 'localhost.evil.example', '.'])(
    'who come by another name are refused: %s',
    async (host) => {
      expect((await send('/', { headers: { host } })).status).toBe(403);
      expect((await withSession('/session', { headers: { host } })).status).toBe(403);
    },
  );

  it.each(['localhost', 'localhost:9999', '127.0.0.1:80', '[::1]:4747'])(
    'are not those who come by a tunnel: %s',
    async (host) => {
      expect((await send('/', { headers: { host } })).status).toBe(200);
    },
  );

  it.each([
    ['another origin', { origin: 'http://evil.example' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['no origin at all', {}],
    ['a page without one', { origin: 'null' }],
  ])('may not change anything from %s', async (_name, headers) => {
    const options = { method: 'POST', headers: { cookie, ...headers }, body: 'x' };
    expect((await send(uploadAddress('a.png'), options)).status).toBe(403);
    expect((await send('/session', { ...options, body: TOKEN })).status).toBe(403);
  });

  it.each(['cross-site', 'same-site'])('may not show our pictures in a page that is %s', async (site) => {
    const answer = await withSession('/picture/a.png', { headers: { 'sec-fetch-site': site } });
    expect(answer.status).toBe(403);
  });
});

describe('addresses', () => {
  it.each([
    '/../secret.html',
    '/assets/../../secret.html',
    '/%2e%2e/secret.html',
    '/assets',
    '/assets/',
    '/picture/..%2f..%2fsecret.html',
    '/picture/%2e%2e%5csecret.html',
    '/picture/..%2fsettings.json',
    '/picture/',
    '/picture/%00',
    '/picture/%ff',
    '/run/..%2f..%2f/frames/1',
    '/run/../frames/1',
    '/run/none/frames/1',
    '/run/none/source',
    '/run/none/frames.zip',
    '/constructor',
    '/__proto__/toString',
  ])('lead nowhere: %s', async (path) => {
    const { status, body } = await withSession(path);
    expect(status).toBe(404);
    expect(body.toString()).not.toContain('not for anybody');
  });

  it.each([
    ['GET', 'http://other.example/', 400],
    ['GET', '//other.example/', 404],
    ['DELETE', '/picture/a.png', 405],
    ['PUT', '/upload', 405],
  ])('and methods: %s %s is answered with %i', async (method, path, status) => {
    expect((await withSession(path, { method })).status).toBe(status);
  });
});

describe('a window', () => {
  let socket: WebSocket;
  let studio: Studio;

  beforeEach(async () => {
    socket = await open({ origin, cookie });
    studio = connect(socketPort(socket), studioContract);
    return () => socket.close();
  });

  const upload = async (name: string, body: Uint8Array): Promise<string> => {
    const answer = await withSession(uploadAddress(name), { method: 'POST', body });
    expect(answer.status).toBe(200);
    const value: unknown = JSON.parse(answer.body.toString());
    return isRecord(value) ? String(value['offer']) : '';
  };

  const picture = async (name: string, grey: number): Promise<Picture> => {
    const [imported] = await studio.importFiles({ offers: [await upload(name, await greyPng(grey))] });
    if (imported?.kind !== 'picture') throw new Error(JSON.stringify(imported));
    return imported.picture;
  };

  it('uploads, looks at and downloads pictures', async () => {
    const cat = await picture('Katze im Schnee #1.png', 50);
    expect(cat).toMatchObject({ id: 'Katze im Schnee #1.png', width: 4, height: 4, made: false });
    const shown = await withSession(pictureAddress(cat));
    expect(shown.body).toEqual(Buffer.from(await greyPng(50)));
    expect(shown.headers).toMatchObject({
      'content-type': 'image/png',
      'cache-control': 'private, max-age=31536000, immutable',
      'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
    });
    const small = await withSession(thumbnailAddress(cat));
    expect([small.headers['content-type'], [...small.body.subarray(0, 2)]]).toEqual([
      'image/jpeg',
      [0xff, 0xd8],
    ]);
    const jpeg = await withSession(exportAddress(cat.id, 'jpeg', 80));
    expect(jpeg.headers['content-disposition']).toBe(
      "attachment; filename*=UTF-8''Katze%20im%20Schnee%20%231.jpg",
    );
    expect((await withSession(`/export/${encodeURIComponent(cat.id)}?format=exe`)).status).toBe(400);
    expect(await readdir(join(folder, 'home', 'uploads')).catch(() => [])).toEqual([]);
  });

  it('dreams, and sees every frame as bytes', async () => {
    engine.msPerStep = 20;
    const { id } = await picture('dog.png', 60);
    const job = await studio.start(orderFor(id));
    const steps = [];
    for await (const frame of studio.frames({ job: job.id })) {
      expect(frame.rgba).toEqual(new Uint8Array([255 - frame.step, 255 - frame.step, 255 - frame.step, 255]));
      steps.push(frame.step);
    }
    expect(steps.at(-1)).toBe(10);
    expect((await withSession(frameAddress(job.id, 10))).headers['content-type']).toBe('image/png');
    expect((await withSession(frameAddress(job.id, 11))).status).toBe(404);
    expect((await withSession(`/run/${job.id}/frames/1/..%2f..%2fjob.json`)).status).toBe(404);
    const archive = await withSession(`/run/${job.id}/frames.zip`);
    expect(archive.headers['content-type']).toBe('application/zip');
    expect(archive.body.readUInt32LE(0)).toBe(0x04034b50);
  });

  it('is told in a sentence what is refused, and loses none of the others', async () => {
    const offers = [
      await upload('no picture.txt', Buffer.from('text')),
      await upload('owl.png', await greyPng(70)),
    ];
    const [text, owl, unknown] = await studio.importFiles({ offers: [...offers, 'invented'] });
    expect(text).toMatchObject({
      kind: 'refused',
      name: 'no picture.txt',
      error: { code: 'image/unreadable' },
    });
    expect(owl).toMatchObject({ kind: 'picture' });
    expect(unknown).toMatchObject({ kind: 'refused' });
    await expect(studio.removePictures({ pictures: ['../x'] })).rejects.toMatchObject({
      code: 'usage/option',
    });
  });

  it('that goes away ends its streams only', async () => {
    const pictures = studio.pictures()[Symbol.asyncIterator]();
    await pictures.next();
    const next = pictures.next();
    socket.terminate();
    await expect(next).rejects.toMatchObject({ code: 'engine/crashed' });
    const again = connect(socketPort(await open({ origin, cookie })), studioContract);
    await expect(again.devices({ measure: false, device: null })).resolves.toEqual({ devices: [] });
  });

  it.each([
    ['too much, said beforehand', { 'content-length': '2000' }, 2000],
    ['too much, not said', { 'transfer-encoding': 'chunked' }, 2000],
    ['a little too much', {}, 1001],
  ])('may not upload %s', async (_name, headers, size) => {
    const upload = withSession(uploadAddress('big.png'), {
      method: 'POST',
      headers,
      body: new Uint8Array(size),
    });
    await expect(upload).resolves.toMatchObject({ status: 413 });
    expect(await readdir(join(folder, 'home', 'uploads')).catch(() => [])).toEqual([]);
  });

  it('may upload larger networks than pictures', async () => {
    const [refused] = await studio.importFiles({ offers: [await upload('net.onnx', new Uint8Array(2000))] });
    expect(refused).toMatchObject({ kind: 'refused', error: { code: 'model/unreadable' } });
  });
});

describe('sockets', () => {
  it.each([
    ['another origin', () => ({ origin: 'http://evil.example', cookie })],
    ['no origin', () => ({ cookie })],
    ['another host', () => ({ origin: 'http://evil.example', host: 'evil.example', cookie })],
  ])('are refused to %s', async (_name, headers) => {
    await expect(open(headers())).rejects.toThrow('403');
  });

  it('without a session are told so', async () => {
    const socket = await open({ origin });
    expect(await new Promise((resolve) => socket.once('close', resolve))).toBe(4401);
  });

  it('survive nonsense', async () => {
    const socket = await open({ origin, cookie });
    socket.send('text');
    socket.send(new Uint8Array([1, 2, 3]));
    const studio = connect(socketPort(socket), studioContract);
    await expect(studio.devices({ measure: false, device: null })).resolves.toEqual({ devices: [] });
    socket.close();
  });
});

describe('starting', () => {
  it.each([
    ['a short token', { token: 'short' }, 'usage/option'],
    ['a page that is not built', { page: '/nowhere' }, 'internal'],
    ['an address of another machine', { host: '192.0.2.1' }, 'usage/option'],
  ])('is refused with %s', async (_name, change, code) => {
    const options = { engine, home: join(folder, 'second'), page: join(folder, 'page'), port: 0, ...change };
    await expect(serve(options)).rejects.toMatchObject({ code });
  });

  it('warns when other machines can connect', async () => {
    const open = await serve({
      engine,
      home: join(folder, 'second'),
      page: join(folder, 'page'),
      port: 0,
      host: '0.0.0.0',
    });
    expect(open.warning).toMatch(/0\.0\.0\.0.*token/);
    await open.close();
  });
});

function open(headers: Record<string, string>): Promise<WebSocket> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/port`, { headers });
  socket.binaryType = 'arraybuffer';
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}
