import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocked } from './open-locked.ts';
import { fakeEngine } from '../testing/fake-engine.ts';
import { greyPng, orderFor } from '../testing/temporary-studio.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'reverie-locked-'));
});
afterEach(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));

describe('a studio on a locked folder', () => {
  it('closes when the engine does not come to the end of its step, and leaves the folder to the next program', async () => {
    const engine = fakeEngine();
    engine.msPerStep = 1500;
    const studio = await openLocked({ home, engine }, 50);
    const path = join(home, 'a.png');
    await writeFile(path, await greyPng(7));
    const offer = studio.offers.add({ path, name: 'a.png', temporary: false });
    const [imported] = await studio.service.importFiles({ offers: [offer] });
    if (imported?.kind !== 'picture') throw new Error(JSON.stringify(imported));
    await studio.service.start(orderFor(imported.picture.id));
    await expect.poll(() => engine.running.now).toBe(1);
    await studio.close();
    expect(engine.running.now).toBe(1);
    await (await openLocked({ home, engine })).close();
  });
});
