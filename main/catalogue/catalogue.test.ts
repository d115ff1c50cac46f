import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import list from '../../models/catalogue.json' with { type: 'json' };
import { isRecord } from '../../shared/schema.ts';
import { catalogue, networkCalled, parseCatalogue } from './catalogue.ts';
import { offerOf } from './offer.ts';

const [first] = list;

describe('the catalogue', () => {
  it('is what it should be, and names the networks that everybody asks for', () => {
    expect(catalogue().map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'inception5h',
        'alexnet',
        'googlenet',
        'squeezenet1.1',
        'vgg16',
        'vgg19',
        'resnet50',
        'densenet121',
        'mobilenet-v2',
        'clip-vit-b-32',
        'dinov2-small',
      ]),
    );
  });

  it.each(catalogue().map((network) => [network.id, network] as const))('%s can be shown', (_id, network) => {
    const offer = offerOf(network, false);
    expect(offer.hosts.length).toBeGreaterThan(0);
    expect(offer.short.length).toBeLessThanOrEqual(24);
    expect(offer.knownFor).toMatch(/^[A-Z].*\.$/);
    // Grey levels run from 0 to 255: a mean of less than 1 was left in 0…1.
    for (const value of [...network.input.mean, ...network.input.std])
      expect(value).toBeGreaterThanOrEqual(1);
    if (network.format === 'tensorflow') expect(network.input.layout).toBe('NCHW');
    const shipped = network.contents?.labels?.file !== network.labels;
    if (network.labels !== null && shipped)
      expect(existsSync(join('models', 'labels', `${network.labels}.json`))).toBe(true);
  });

  it('finds a network, or suggests one', () => {
    expect(networkCalled('vgg16').bytes).toBe(553_437_752);
    expect(() => networkCalled('vgg17')).toThrow(/vgg16/);
  });
});

describe('an entry that is wrong is refused', () => {
  const cases: [what: string, change: object, sentence: RegExp][] = [
    ['no hash', { sha256: null }, /sha256/],
    ['a short hash', { sha256: 'd13569' }, /sha256/],
    ['an http address', { addresses: ['http://example.org/x'] }, /addresses/],
    ['no address', { addresses: [] }, /addresses/],
    ['no size', { bytes: 0 }, /bytes/],
    ['a file elsewhere', { file: '../x.onnx' }, /file/],
    ['an id that hides', { id: '.x' }, /id/],
    ['an unknown format', { format: 'keras' }, /format/],
    ['two means', { input: { ...first?.input, mean: [1, 2] } }, /mean/],
    ['no deviation', { input: { ...first?.input, std: [0, 1, 1] } }, /std/],
    ['no licence', { licence: {} }, /"inception5h" is wrong: licence.name is missing\./],
  ];
  it.each(cases)('%s', (_what, change, sentence) => {
    expect(() => parseCatalogue([{ ...first, ...change }])).toThrow(sentence);
  });

  it('the same one twice', () => {
    expect(() => parseCatalogue([first, first])).toThrow(/have the id/);
  });
});

const FACTS = join('..', 'shared', 'models', 'catalog-facts.json');

/** What the publisher of files that are not collected there says of them. */
const OTHERS = [
  {
    sha256: 'fd6e1402a588279d1723c7534d4bcba5bc0b14b47dfab0e46f8c47b8270d7d40',
    bytes: 351_685_709,
    urls: [
      'https://huggingface.co/Xenova/clip-vit-base-patch32/resolve/d15189d7028b43f1d3e65039190477f6af591c2a/onnx/vision_model.onnx',
    ],
    licence: 'MIT',
  },
  {
    sha256: '83141175ec78b4ff9a2bb58a4c7c264ba0054d1c2e122e5a8114b79a8d4179ea',
    bytes: null,
    urls: ['https://huggingface.co/Xenova/dinov2-small/resolve/main/onnx/model.onnx'],
    licence: 'Apache-2.0',
  },
];

/** Every fact about a file, by its hash. */
async function factsByHash(): Promise<Map<unknown, Record<string, unknown>>> {
  const facts: unknown = JSON.parse(await readFile(FACTS, 'utf8'));
  const { models, others } = isRecord(facts) ? facts : {};
  const all: unknown[] = [models, others, OTHERS].flatMap((part: unknown) =>
    Array.isArray(part) ? part : [],
  );
  return new Map(all.filter(isRecord).map((fact) => [fact['sha256'], fact]));
}

describe.skipIf(!existsSync(FACTS))('the catalogue and the facts collected for it (in ../shared)', () => {
  it('agree', async () => {
    const facts = await factsByHash();
    for (const { id, sha256, bytes, addresses, licence } of catalogue()) {
      const fact = facts.get(sha256);
      expect(fact, id).toBeDefined();
      expect(bytes, id).toBe(fact?.['bytes']);
      expect(addresses, id).toEqual(fact?.['urls'] ?? [fact?.['url']]);
      expect(fact?.['licence'], id).toContain(licence.name);
    }
  });
});
