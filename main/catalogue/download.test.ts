import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { partPath } from './part.ts';
import { badServer, redirect, sending, status, wellBehaved, type Answer } from './testing/bad-server.ts';
import { downloadFixture, type DownloadFixture } from './testing/download-fixture.ts';
import { proxyHint } from './web.ts';

const file = randomBytes(300_000);
const half = file.subarray(0, 150_000);
const announced = { 'Content-Length': file.length };
const good = wellBehaved(file);
const other = randomBytes(file.length);

let net: DownloadFixture;
beforeEach(async () => {
  net = await downloadFixture(file);
});
afterEach(() => net.close());

describe('a download that succeeds', () => {
  const breakAfter =
    (bytes: Uint8Array): Answer =>
    (response, request) =>
      net.breakAfter(bytes)(response, request);
  const badRange: Answer = (response) => {
    response.writeHead(206, { 'Content-Range': `bytes 7-${file.length - 1}/${file.length}` });
    response.end(file.subarray(7));
  };
  const cases: [what: string, addresses: Answer[][], begun: number, ranges: (number | null)[]][] = [
    ['from a server that behaves', [[good]], 0, [null]],
    ['from one that does not say how much it sends', [[sending({}, file, 'end')]], 0, [null]],
    ['when the connection breaks in the middle', [[breakAfter(half), good]], 0, [null, 150_000]],
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
      [[breakAfter(half), status(410)], [good]],
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
      [[breakAfter(other.subarray(0, 99)), status(404)], [good], [good]],
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
    const network = net.toy(...addresses);
    if (before > 0) await net.begun(network, Buffer.concat([file, file]).subarray(0, before));
    const told = await net.run(network);
    expect(file.equals(await net.contents(network))).toBe(true);
    expect(told.at(-1)).toEqual({ bytes: file.length, of: file.length });
    expect(net.server.asked.map(({ range }) => range)).toEqual(
      ranges.map((from) => (from === null ? undefined : `bytes=${from}-`)),
    );
  });

  it('follows redirects to another host', async () => {
    const elsewhere = await badServer();
    elsewhere.answer('/file?signature=1', good);
    await net.run(net.toy([redirect(`${elsewhere.origin}/file?signature=1`)]));
    expect(elsewhere.asked).toHaveLength(1);
    await elsewhere.close();
  });

  it('takes a size that is not pinned from the server', async () => {
    const network = { ...net.toy([good]), bytes: null, bytesAbout: 250_000 };
    expect((await net.run(network)).at(-1)).toEqual({ bytes: file.length, of: file.length });
    // All has come, and the server says so.
    await net.run(network);
    expect(net.server.asked.map(({ range }) => range)).toEqual([undefined, `bytes=${file.length}-`]);
  });

  it('throws away what an earlier session left damaged', async () => {
    const network = net.toy([good]);
    await net.begun(network, other);
    await net.run(network);
    expect(file.equals(await net.contents(network))).toBe(true);
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
    const network = net.toy(answers);
    await expect(net.run(network)).rejects.toMatchObject({ code, message: expect.stringMatching(sentence) });
    if (code === 'download/corrupt') expect(existsSync(partPath(net.models, network))).toBe(false);
  });

  it('stops after ten redirects', async () => {
    for (let n = 0; n < 20; n++) net.server.answer(`/0${'x'.repeat(n)}`, onward);
    await expect(net.run(net.toy([onward]))).rejects.toMatchObject({
      code: 'download/failed',
      message: expect.stringContaining('more than 10 times'),
    });
    expect(net.server.asked).toHaveLength(11);
  });

  it('nobody there', async () => {
    const network = net.toy([good]);
    await net.server.close();
    await expect(net.run(network)).rejects.toMatchObject({
      code: 'download/failed',
      message: expect.stringContaining('cannot be reached (ECONNREFUSED)'),
    });
    net.server = await badServer();
  });

  it('never asks by http when nothing else is said', async () => {
    await expect(net.run(net.toy([good]), { web: {} })).rejects.toMatchObject({ code: 'download/failed' });
    expect(net.server.asked).toEqual([]);
  });

  it.each([
    ['sends', sending({}, file, 'silence')],
    ['promises', status(200, { 'Content-Length': 5e9 })],
  ])('a server that %s more than twice about the size', async (_what, answer) => {
    const network = { ...net.toy([answer]), bytes: null, bytesAbout: 100_000 };
    await expect(net.run(network)).rejects.toMatchObject({ code: 'download/corrupt' });
  });
});

it.each<[environment: Record<string, string>, hint: boolean]>([
  [{}, false],
  [{ HTTPS_PROXY: 'http://proxy:3128' }, true],
  [{ https_proxy: 'http://proxy:3128', NODE_USE_ENV_PROXY: '1' }, false],
])('says that a proxy is not used: %o', (environment, hint) => {
  expect(proxyHint(environment) !== '').toBe(hint);
});
