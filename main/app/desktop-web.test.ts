/** Downloads over Chromium's network, in whose place is one that tells what Node's does in Chromium's events and words. */
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { request as nodeRequest, type ClientRequest } from 'node:http';
import type * as Electron from 'electron';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { local, networkOf, redirect, sending, status, wellBehaved } from '../catalogue/testing/bad-server.ts';
import { downloadFixture, type DownloadFixture } from '../catalogue/testing/download-fixture.ts';
import type { Web } from '../catalogue/web.ts';
import { desktopWeb } from './desktop-web.ts';

class NetRequest extends EventEmitter {
  readonly #request: ClientRequest;
  #aborted = false;

  constructor({ url = '', redirect: mode }: Electron.ClientRequestConstructorOptions) {
    super();
    this.#request = nodeRequest(url);
    this.#request.on('error', (error: Error & { code?: string }) => {
      if (!this.#aborted) this.emit('error', new Error(chromium(error.code ?? '')));
    });
    this.#request.on('response', (response) => {
      const { statusCode = 0, headers } = response;
      if (headers.location === undefined) this.emit('response', response);
      else {
        expect(mode).toBe('manual');
        this.emit('redirect', statusCode, 'GET', headers.location, headers);
        // Nobody has followed it.
        if (!this.#aborted) this.emit('error', new Error('Redirect was cancelled'));
        response.destroy();
      }
    });
  }

  setHeader = (name: string, value: string): void => void this.#request.setHeader(name, value);
  end(): void {
    asked++;
    if (failing === undefined) this.#request.end();
    else this.emit('error', new Error(`net::${failing}`));
  }
  abort(): void {
    this.#aborted = true;
    this.#request.destroy();
  }
}

/** How the next requests fail, whatever they ask, and how many there were. */
let failing: string | undefined;
let asked = 0;
beforeEach(() => {
  failing = undefined;
  asked = 0;
});

const chromium = (code: string): string =>
  `net::${code === 'ECONNREFUSED' ? 'ERR_CONNECTION_REFUSED' : 'ERR_FAILED'}`;

const session = {} as Electron.Session;
const web = desktopWeb(
  {
    request(options) {
      expect(options).toMatchObject({ session, credentials: 'omit' });
      return new NetRequest(options as object) as unknown as Electron.ClientRequest;
    },
  },
  session,
);

const file = randomBytes(300_000);
const over = (rest: Partial<Web> = {}): { web: Partial<Web> } => ({ web: { ...local, ...web, ...rest } });
let net: DownloadFixture;
beforeEach(async () => {
  net = await downloadFixture(file);
});
afterEach(() => net.close());

describe('the desktop downloads', () => {
  it('over redirects, and goes on where the connection broke', async () => {
    const network = net.toy([redirect('/file')]);
    net.server.answer('/file', net.breakAfter(file.subarray(0, 100_000)), wellBehaved(file));
    await net.run(network, over());
    expect(await net.contents(network)).toEqual(file);
    expect(net.server.asked.map(({ path, range }) => `${path} ${range ?? ''}`.trimEnd())).toEqual([
      '/0',
      '/file',
      '/0 bytes=100000-',
      '/file bytes=100000-',
    ]);
  });

  it('leaves a server that says nothing', async () => {
    const silence = sending({ 'Content-Length': file.length }, file.subarray(0, 9), 'silence');
    const network = net.toy([silence], [wellBehaved(file)]);
    await net.run(network, over({ stallMs: 100, retries: 0 }));
    expect(await net.contents(network)).toEqual(file);
    expect(net.server.asked.map(({ range }) => range)).toEqual([undefined, 'bytes=9-']);
  });

  it('says what to look at where nobody is reached, and not where somebody answers', async () => {
    const away = networkOf(file, ['http://127.0.0.1:1/toy']);
    await expect(net.run(away, over())).rejects.toMatchObject({
      code: 'download/failed',
      message:
        'Toy could not be downloaded: 127.0.0.1:1 cannot be reached (ERR_CONNECTION_REFUSED). Reverie connects as the system is set to; see whether a proxy is right there.',
    });
    await expect(net.run(net.toy([status(404)]), over())).rejects.toMatchObject({
      message: expect.stringMatching(/answered 404 \(Not Found\)\.$/),
    });
  });

  it('asks no more where a certificate is not trusted', async () => {
    failing = 'ERR_CERT_AUTHORITY_INVALID';
    await expect(net.run(net.toy([wellBehaved(file)]), over())).rejects.toMatchObject({
      message: expect.stringContaining(
        'shows a certificate that is not trusted here (ERR_CERT_AUTHORITY_INVALID).',
      ),
    });
    expect(asked).toBe(1);
  });
});
