import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zip, type ZipEntry } from './zip.ts';

let folder: string;
const files: ZipEntry[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-zip-'));
  for (const [name, text] of [
    ['a.txt', '123456789'],
    ['Träume 夢.txt', ''],
  ] as const) {
    const path = join(folder, `${files.length}`);
    await writeFile(path, text);
    files.push({ name, path });
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function archive(...given: Parameters<typeof zip>): Promise<Buffer> {
  const pieces = [];
  for await (const piece of zip(...given)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Reads an archive as a program would: from its end, over the directory, to each file. */
function read(data: Buffer): Record<string, string> {
  const end = data.length - 22;
  expect(data.readUInt32LE(end)).toBe(0x06054b50);
  const contents: Record<string, string> = {};
  let at = data.readUInt32LE(end + 16);
  for (let left = data.readUInt16LE(end + 10); left > 0; left--) {
    expect(data.readUInt32LE(at)).toBe(0x02014b50);
    const [size, nameLength] = [data.readUInt32LE(at + 24), data.readUInt16LE(at + 28)];
    const name = data.toString('utf8', at + 46, at + 46 + nameLength);
    const local = data.readUInt32LE(at + 42);
    expect(data.readUInt32LE(local)).toBe(0x04034b50);
    expect(data.readUInt32LE(local + 14)).toBe(data.readUInt32LE(at + 16));
    const start = local + 30 + nameLength;
    contents[name] = data.toString('utf8', start, start + size);
    at += 46 + nameLength + data.readUInt16LE(at + 30);
  }
  expect(at).toBe(end);
  return contents;
}

describe('an archive', () => {
  it('gives back what went in', async () => {
    expect(read(await archive(files))).toEqual({ 'a.txt': '123456789', 'Träume 夢.txt': '' });
  });

  it('holds the checksum that everybody computes for "123456789"', async () => {
    expect((await archive(files)).readUInt32LE(14)).toBe(0xcbf43926);
  });

  it('of nothing is a valid one, and the same files give the same bytes', async () => {
    expect(read(await archive([]))).toEqual({});
    expect(await archive(files)).toEqual(await archive(files));
  });

  it('of more than 65,535 files tells their number in a ZIP64 record', async () => {
    const count = 65_536;
    const entries = Array.from({ length: count }, (_, index) => ({ name: `${index}`, path: '' }));
    const data = await archive(entries, () => Promise.resolve(new Uint8Array()));
    const end = data.length - 22;
    expect(data.readUInt16LE(end + 10)).toBe(0xffff);
    const locator = end - 20;
    expect(data.readUInt32LE(locator)).toBe(0x07064b50);
    const end64 = Number(data.readBigUInt64LE(locator + 8));
    expect(data.readUInt32LE(end64)).toBe(0x06064b50);
    expect(Number(data.readBigUInt64LE(end64 + 32))).toBe(count);
    const directory = Number(data.readBigUInt64LE(end64 + 48));
    expect(data.readUInt32LE(directory)).toBe(0x02014b50);
    expect(directory + Number(data.readBigUInt64LE(end64 + 40))).toBe(end64);
  });
});
