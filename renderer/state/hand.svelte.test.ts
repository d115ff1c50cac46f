import { describe, expect, it, vi } from 'vitest';
import type { Host } from '../host/host.ts';
import { jobOf, pictureOf } from '../testing/items.ts';
import { Shell, type Workspace } from './shell.svelte.ts';

/** A workspace whose desk is one picture, and what became of it. */
class Desk {
  picture: string | null = null;
  result: string | null = null;
  job: string | null = null;
  laid = 0;

  workspace(name: string): Workspace {
    return {
      ...{ name, title: name, key: name, component: () => ({}) },
      picture: {
        ...{ label: name, icon: 'sparkle' },
        lay: (_shell, picture) => {
          this.laid += 1;
          Object.assign(this, { picture, result: null });
        },
        renamed: (_shell, from, to) => {
          if (this.picture === from) this.picture = to;
        },
        held: () => [this.result, this.picture],
      },
      job: (shell) => shell.studio.jobs.get(this.job),
    };
  }
}

function setUp(stored: Readonly<Record<string, unknown>> = {}) {
  const saved: Record<string, unknown> = { ...stored };
  const storage = {
    load: (key: string) => saved[key],
    save: (key: string, value: unknown) => void (saved[key] = value),
  };
  const studio = {
    renamePicture: ({ name }: { name: string }) => Promise.resolve(pictureOf({ id: `${name}.png` })),
  };
  const host = { studio, onConnection: () => undefined } as unknown as Host;
  vi.stubGlobal('navigator', { userAgent: 'a test' });
  const [dream, explain] = [new Desk(), new Desk()];
  const home: Workspace = {
    ...{ name: 'gallery', title: 'Gallery', key: 'g' },
    component: () => ({}),
  };
  const shell = new Shell(host, storage, [home, dream.workspace('dream'), explain.workspace('explain')]);
  vi.unstubAllGlobals();
  const pictures = ['garden.png', 'garden-dream.png', 'lake.png'].map((id) => pictureOf({ id }));
  shell.studio.pictures.take({ changed: pictures, removed: [] }, true);
  return { shell, saved, dream, explain };
}

describe('the picture in hand', () => {
  it('is laid on every desk that is opened, once', () => {
    const { shell, dream, explain } = setUp();
    expect(shell.hand.picture).toBeUndefined();
    shell.hand.take('garden.png');
    expect(shell.hand.picture?.id).toBe('garden.png');
    for (const name of ['dream', 'explain', 'dream', 'gallery', 'dream']) shell.go(name);
    expect([dream.picture, explain.picture]).toEqual(['garden.png', 'garden.png']);
    expect([dream.laid, explain.laid]).toEqual([1, 1]);
  });

  it('is what became of the picture, and a desk that shows that stays as it is', () => {
    const { shell, dream, explain } = setUp();
    shell.open('garden.png', 'dream');
    dream.result = 'garden-dream.png';
    shell.go('explain');
    expect(explain.picture).toBe('garden-dream.png');
    shell.hand.take('garden.png');
    shell.go('dream');
    expect(dream).toMatchObject({ picture: 'garden.png', result: 'garden-dream.png', laid: 1 });
  });

  it('does not disturb what is under way', () => {
    const { shell, dream } = setUp();
    shell.open('garden.png', 'dream');
    dream.job = 'j';
    shell.studio.jobs.take({ changed: [jobOf({ id: 'j', state: 'running' })], removed: [] }, true);
    shell.open('lake.png', 'explain');
    shell.go('dream');
    expect(dream.picture).toBe('garden.png');
    expect(shell.hand.picture?.id).toBe('garden.png');
    shell.studio.jobs.take({ changed: [jobOf({ id: 'j', state: 'done' })], removed: [] }, true);
    shell.open('lake.png', 'explain');
    shell.go('dream');
    expect(dream.picture).toBe('lake.png');
  });

  it('leaves a desk alone that has just been set up', () => {
    const { shell, dream } = setUp();
    shell.hand.take('lake.png');
    dream.picture = 'garden.png';
    shell.arrive('dream');
    expect([dream.picture, dream.laid]).toEqual(['garden.png', 0]);
    expect(shell.hand.picture?.id).toBe('garden.png');
  });

  it('goes by its new name when it is renamed, also on the desks', async () => {
    const { shell, dream } = setUp();
    shell.open('garden.png', 'dream');
    shell.go('gallery');
    shell.selection.only('garden.png');
    await shell.rename('garden.png', 'meadow');
    expect(shell.hand.picture?.id).toBe('meadow.png');
    expect(dream).toMatchObject({ picture: 'meadow.png', laid: 1 });
    expect(shell.selection.has('meadow.png')).toBe(true);
  });

  it('outlives the window, and is none once it is gone', () => {
    const { shell, saved } = setUp();
    shell.hand.take('lake.png');
    const again = setUp(saved).shell;
    expect(again.hand.picture?.id).toBe('lake.png');
    again.studio.pictures.take({ changed: [], removed: ['lake.png'] }, false);
    expect(again.hand.picture).toBeUndefined();
  });
});
