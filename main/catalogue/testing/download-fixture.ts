/** A folder of networks, a server that misbehaves, and a network to download from it. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { download, type DownloadOptions } from '../download.ts';
import type { CatalogueNetwork } from '../network.ts';
import { partBytes, partPath, partsFolder } from '../part.ts';
import type { DownloadProgress } from '../receive.ts';
import { badServer, local, networkOf, type Answer, type BadServer } from './bad-server.ts';

export interface DownloadFixture {
  readonly models: string;
  server: BadServer;
  /** A network with one address for each list of answers: `/0`, `/1`, …. */
  toy(...addresses: readonly (readonly Answer[])[]): CatalogueNetwork;
  /** Everything that a download tells. */
  run(network: CatalogueNetwork, options?: Partial<DownloadOptions>): Promise<DownloadProgress[]>;
  /** What has come. */
  contents(network: CatalogueNetwork): Promise<Buffer>;
  /** Sends this and, once it has come, breaks the connection: until then `fetch` would lose what waits to be read. */
  breakAfter(bytes: Uint8Array): Answer;
  /** As if an earlier session had left this. */
  begun(network: CatalogueNetwork, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** @param file What the network's addresses should give. */
export async function downloadFixture(file: Uint8Array): Promise<DownloadFixture> {
  const models = await mkdtemp(join(tmpdir(), 'reverie-download-'));
  const fixture: DownloadFixture = {
    models,
    server: await badServer(),
    toy(...addresses) {
      const { server } = fixture;
      addresses.forEach((answers, n) => server.answer(`/${n}`, ...answers));
      return networkOf(
        file,
        addresses.map((_, n) => `${server.origin}/${n}`),
      );
    },
    async run(network, options = {}) {
      const told: DownloadProgress[] = [];
      for await (const progress of download(network, { models, web: local, ...options })) told.push(progress);
      return told;
    },
    contents: (network) => readFile(partPath(models, network)),
    breakAfter: (bytes) => (response) => {
      response.writeHead(200, { 'Content-Length': file.length });
      response.write(bytes);
      const breakOff = setInterval(() => {
        void partBytes(models, networkOf(file, [])).then((come) => {
          if (come === bytes.length) response.destroy();
        });
      }, 2);
      response.on('close', () => clearInterval(breakOff));
    },
    async begun(network, bytes) {
      await mkdir(partsFolder(models), { recursive: true });
      await writeFile(partPath(models, network), bytes);
    },
    async close() {
      await fixture.server.close();
      await rm(models, { recursive: true, force: true });
    },
  };
  return fixture;
}
