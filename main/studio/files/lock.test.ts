import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from './lock.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'reverie-lock-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

describe('the lock of a folder', () => {
  it.each(['', 'x'.repeat(120)])(
    'keeps a second program out until the first has gone (%s)',
    async (deeper) => {
      const folder = join(home, deeper);
      const unlock = await lockFolder(folder);
      await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'studio/in-use' });
      await unlock();
      await (
        await lockFolder(folder)
      )();
    },
  );

  it('is free again after the holder was killed', async () => {
    const script = join(home, 'holder.mjs');
    await writeFile(
      script,
      `import { createServer } from 'node:net';
       createServer().listen(${JSON.stringify(join(home, 'lock'))}, () => process.send('ready'));`,
    );
    const holder = fork(script);
    await once(holder, 'message');
    if (process.platform !== 'win32')
      await expect(lockFolder(home)).rejects.toMatchObject({ code: 'studio/in-use' });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    await (
      await lockFolder(home)
    )();
  });
});
