import { expect, it, test, vi } from 'vitest';
import { ReverieError } from '../../shared/errors.ts';
import type { CatalogueEntry, Download } from '../../shared/studio/catalogue.ts';
import type { Changes } from '../../shared/studio/gallery.ts';
import { Catalogue, standingOf } from './catalogue.svelte.ts';

const download = (part: Partial<Download>): Download => ({
  id: 'vgg16',
  bytes: 25,
  of: 100,
  state: 'running',
  error: null,
  ...part,
});
const failure = { code: 'download/failed', message: 'The server is gone.' } as const;

test.each<[string, Download | undefined, boolean, object]>([
  ['never asked for', undefined, false, { state: 'offered' }],
  ['running', download({}), false, { state: 'running', part: 0.25, bytes: 25, reason: null }],
  ['more than its publisher says', download({ bytes: 120 }), false, { state: 'running', part: 1 }],
  ['of unknown size', download({ of: 0 }), false, { state: 'running', part: 0 }],
  ['paused', download({ state: 'paused' }), false, { state: 'paused', part: 0.25 }],
  [
    'failed',
    download({ state: 'failed', error: failure }),
    false,
    { state: 'failed', reason: failure.message },
  ],
  ['installed', download({ state: 'done' }), true, { state: 'installed' }],
  ['installed from a file', undefined, true, { state: 'installed' }],
  ['installed, then removed', download({ state: 'done' }), false, { state: 'offered' }],
])('a network of the catalogue that is %s', (_, of, installed, standing) => {
  expect(standingOf(of, installed)).toMatchObject(standing);
});

const entry: CatalogueEntry = {
  id: 'vgg16',
  title: 'VGG-16',
  short: 'VGG-16',
  knownFor: 'Textures.',
  format: 'onnx',
  bytes: 100,
  exact: true,
  sha256: '0'.repeat(64),
  licence: { name: 'MIT', url: null },
  source: 'https://example.com/',
  hosts: ['example.com'],
  inputStated: true,
  installed: false,
};

/** A studio that tells what it was asked for. */
function catalogueOf(first: Changes<Download>) {
  const asked: string[] = [];
  const studio = {
    catalogue: () => Promise.resolve([entry]),
    async *downloads() {
      await Promise.resolve();
      yield first;
    },
    download({ id }: { id: string }) {
      asked.push(`download ${id}`);
      return Promise.resolve(download({}));
    },
    cancelDownload({ id }: { id: string }) {
      asked.push(`cancel ${id}`);
      return id === entry.id ? Promise.resolve() : Promise.reject(new ReverieError('model/missing', 'No.'));
    },
  };
  return { asked, catalogue: new Catalogue({ studio, onConnection: (told) => told('open') }) };
}

it('looks at the list and asks for nothing else', async () => {
  const { asked, catalogue } = catalogueOf({ changed: [], removed: [] });
  await vi.waitFor(() => expect(catalogue.get('vgg16')).toEqual(entry));
  expect(asked).toEqual([]);
});

it('cancels what runs by stopping it first and forgetting it then', async () => {
  const { asked, catalogue } = catalogueOf({ changed: [download({})], removed: [] });
  await vi.waitFor(() => expect(catalogue.downloads.size).toBe(1));
  await catalogue.pause('vgg16');
  expect(asked).toEqual(['cancel vgg16']);
  await catalogue.cancel('vgg16');
  expect(asked).toEqual(['cancel vgg16', 'cancel vgg16', 'cancel vgg16']);
  catalogue.downloads.take({ changed: [download({ state: 'paused' })], removed: [] }, false);
  await catalogue.cancel('vgg16');
  expect(asked).toHaveLength(4);
});

it('says why something did not work', async () => {
  const { catalogue } = catalogueOf({ changed: [], removed: [] });
  await catalogue.cancel('unknown');
  expect(catalogue.error).toBe('No.');
});
