import { chmod, mkdtemp, open, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { flushFiles, moveFile, writeAtomically } from './whole-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-whole-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a file', () => {
  it('is put together of pieces', async () => {
    const path = join(folder, 'a');
    const large = new Float32Array(300_000).fill(0.5);
    await writeAtomically(path, ['head\n', new Uint8Array(large.buffer, 4), '']);
    const bytes = await readFile(path);
    expect(bytes.length).toBe(5 + 4 * 299_999);
    expect(bytes.subarray(0, 9)).toEqual(Buffer.from([...Buffer.from('head\n'), 0, 0, 0, 63]));
  });

  it.skipIf(process.platform === 'win32')('keeps the permissions that it had', async () => {
    const path = join(folder, 'a');
    await writeFile(path, 'old');
    await chmod(path, 0o600);
    await writeAtomically(path, 'new');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  it('is on the disk before it has its name, unless that is not asked for', async () => {
    const handle = await open(join(folder, 'any'), 'w');
    await handle.close();
    const seen: (readonly string[])[] = [];
    const sync = vi
      .spyOn(Object.getPrototypeOf(handle) as typeof handle, 'sync')
      .mockImplementation(async () => void seen.push(await readdir(folder)));
    await writeAtomically(join(folder, 'a'), ['new']);
    expect(seen).toEqual([[expect.stringMatching(/^\.reverie-.*\.tmp$/), 'any']]);
    await writeAtomically(join(folder, 'b'), 'new', { flush: false });
    expect(sync).toHaveBeenCalledTimes(1);
    await flushFiles([join(folder, 'b'), join(folder, 'gone')]);
    expect(sync).toHaveBeenCalledTimes(2);
  });

  it('stays as it was where it cannot be replaced', async () => {
    const path = join(folder, 'a');
    await writeFile(path, 'old');
    const broken = function* (): Generator<string> {
      yield 'n';
      throw new Error('the source broke');
    };
    await expect(writeAtomically(path, broken())).rejects.toMatchObject({
      code: 'output/unwritable',
      message: expect.stringContaining('the source broke'),
    });
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a']);
  });
});

describe('a file that another program looks at', () => {
  const refusing = (code: string, times: number) =>
    vi.fn(() => (times-- > 0 ? Promise.reject(Object.assign(new Error(code), { code })) : Promise.resolve()));

  it.each(['EPERM', 'EACCES', 'EBUSY'])('is renamed once it is free again (%s)', async (code) => {
    const rename = refusing(code, 3);
    await moveFile('a', 'b', rename, [1, 2, 3]);
    expect(rename.mock.calls).toEqual(Array.from({ length: 4 }, () => ['a', 'b']));
  });

  it('is given up on in the end, and at once for other reasons or on systems that refuse for good', async () => {
    await expect(moveFile('a', 'b', refusing('EPERM', 100), [1, 2])).rejects.toThrow('EPERM');
    for (const [code, pauses] of [['ENOSPC', [1, 2]] as const, ['EPERM', []] as const]) {
      const rename = refusing(code, 100);
      await expect(moveFile('a', 'b', rename, pauses)).rejects.toThrow(code);
      expect(rename).toHaveBeenCalledTimes(1);
    }
  });
});
