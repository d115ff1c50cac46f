/**
 * Mutated files of networks: each is brought, or refused in one sentence. The same ones every time; more of them by hand:
 *
 *     FUZZ=100000 npx vitest run main/engine/testing/fuzz
 *
 * A failure names the seed and the number of its mutation, which is enough to make it again.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_CHANGES } from '../../../../shared/contract/network-card.ts';
import { choose, random, type Random } from '../../ascent/random.ts';
import { writeOnnx } from '../../formats/onnx/write.ts';
import { importNetwork } from '../../models/installed/install.ts';
import { tinyGraph } from '../tiny-model.ts';
import { writeZip } from '../zip-writer.ts';
import { attempt, attemptFile } from './attempt.ts';
import { byteMutations, fieldMutation, textMutation } from './mutate.ts';
import { networks, operators, WEIGHTS, type Seed } from './seeds.ts';

const COUNT = Number(process.env['FUZZ'] ?? 2000);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reverie-fuzz-'));
  writeFileSync(join(folder, WEIGHTS.name), WEIGHTS.bytes);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A mutation of a seed that suits it. */
function mutated(seed: Seed, next: Random): Seed {
  const other = choose(next, networks);
  if (seed.part === 'text') {
    const [text, their] = [seed.prototxt ?? '', other.prototxt ?? 'layer { name: "x" }'];
    const changed = textMutation(Buffer.from(text), next, Buffer.from(their));
    return { ...seed, prototxt: Buffer.from(changed).toString('latin1') };
  }
  const mutation = next() < 0.7 ? fieldMutation : choose(next, byteMutations);
  return { ...seed, bytes: mutation(seed.bytes, next, other.bytes) };
}

const FOREVER = 24 * 3_600_000;

/** Makes so many attempts; all must keep their promise, and most be refused, though not all: else they would show little. */
async function fuzz(count: number, act: (next: Random) => Fuzzed): Promise<void> {
  const wrong: string[] = [];
  let refused = 0;
  for (let number = 0; number < count && wrong.length < 20; number++) {
    const { seed, brought } = act(random(number, 1));
    try {
      refused += (await brought) ? 0 : 1;
    } catch (error) {
      wrong.push(`${seed}, ${number}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(refused).toBeGreaterThan(count / 4);
  expect(refused).toBeLessThan(count * 0.95);
}

interface Fuzzed {
  readonly seed: string;
  readonly brought: Promise<boolean>;
}

test.each([
  ['networks', networks, COUNT / 4],
  ['operators', operators, (COUNT * 3) / 4],
] as const)(
  '%s',
  async (_name, seeds, count) => {
    await fuzz(count, (next) => {
      const { name, extension, bytes, prototxt } = mutated(choose(next, seeds), next);
      const path = join(folder, `hostile${extension}`);
      const file = { path, bytes, ...(prototxt === undefined ? {} : { prototxt }) };
      return { seed: name, brought: attemptFile(file) };
    });
  },
  FOREVER,
);

const tiny = writeOnnx(tinyGraph);
const card = Buffer.from(
  JSON.stringify({
    title: 'Tiny',
    input: {
      layout: 'NCHW',
      channelOrder: 'BGR',
      range: [0, 255],
      mean: [104, 117, 123],
      scale: [1],
      size: 32,
    },
    logits: 'logits',
    labels: ['a', 'b', 'c'],
    dreamLayers: [{ layer: 'relu2', weight: 1 }],
    aliases: { last: 'relu2' },
    source: { address: 'https://example.com/tiny' },
  }),
);
const zip = writeZip({ name: 'tiny/net.onnx', data: tiny }, { name: 'tiny/net.json', data: card });

test.each<[string, (next: Random) => Record<string, Uint8Array>]>([
  ['zips', (next) => ({ 'given.zip': choose(next, byteMutations)(zip, next, tiny) })],
  ['cards', (next) => ({ 'given.onnx': tiny, 'given.json': textMutation(card, next, card) })],
])(
  '%s',
  async (_name, filesOf) => {
    await fuzz(COUNT / 40, (next) => {
      const files = filesOf(next);
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
      const [name = ''] = Object.keys(files);
      const request = { file: { path: join(folder, name), name }, companions: null, changes: NO_CHANGES };
      // Every time as if it were the first.
      const home = join(folder, 'home');
      rmSync(home, { recursive: true, force: true });
      return { seed: name, brought: attempt(() => importNetwork(request, home)) };
    });
  },
  FOREVER,
);
