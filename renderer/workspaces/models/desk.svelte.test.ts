import { expect, it } from 'vitest';
import { ModelsDesk } from './desk.svelte.ts';

function storageOf(kept: Map<string, unknown>) {
  return {
    load: (key: string) => kept.get(key),
    save: (key: string, value: unknown) => void kept.set(key, value),
  };
}

it('remembers the photo from one opening to the next', () => {
  const kept = new Map<string, unknown>();
  new ModelsDesk({ storage: storageOf(kept) }).testOn('zebra.jpg');
  expect(new ModelsDesk({ storage: storageOf(kept) }).photo).toBe('zebra.jpg');
  kept.set('models', { photo: 7 });
  expect(new ModelsDesk({ storage: storageOf(kept) }).photo).toBeNull();
});

it('shows what a network was taken for when it has just come, and keeps the tab when another is looked at', () => {
  const desk = new ModelsDesk({ storage: storageOf(new Map()) });
  desk.tab = 'map';
  desk.open('dreamnet');
  expect([desk.page, desk.tab]).toEqual([{ kind: 'installed', model: 'dreamnet' }, 'map']);
  desk.offer('vgg16');
  desk.welcome('mine');
  expect([desk.page, desk.tab]).toEqual([{ kind: 'installed', model: 'mine' }, 'overview']);
});
