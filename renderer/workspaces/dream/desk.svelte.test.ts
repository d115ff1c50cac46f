import { describe, expect, it } from 'vitest';
import type { Job } from '../../../shared/studio/jobs.ts';
import { jobOf } from '../../testing/items.ts';
import { DreamDesk } from './desk.svelte.ts';
import type { PageStorage } from '../../host/storage.ts';

function storage(kept = new Map<string, string>()): PageStorage & { kept: Map<string, string> } {
  return {
    kept,
    load: (key) => JSON.parse(kept.get(key) ?? 'null') as unknown,
    save: (key, value) => void kept.set(key, JSON.stringify(value)),
  };
}

const execution = { runtime: 'auto', device: 'cpu' } as const;

/** A desk whose clock stands a minute further with each look at it: nothing is joined. */
function desk(kept = storage()) {
  let at = 0;
  return new DreamDesk({ storage: kept }, () => (at += 60_000));
}

describe('the dream desk', () => {
  it('asks for nothing without a picture', () => {
    expect(desk().order(execution, null)).toBeUndefined();
  });

  it('orders a dream from the picture that lies on it', () => {
    const it = desk();
    it.open('cat.jpg');
    it.set('octaves', 6);
    expect(it.order(execution, null)).toMatchObject({
      picture: 'cat.jpg',
      settings: { octaves: 6 },
      branch: null,
      device: 'cpu',
    });
  });

  it.each<[string, Job['id'] | null, number | null, { job: string; step: number } | null]>([
    ['no dream', null, 7, null],
    ['the picture', 'j', null, null],
    ['the beginning', 'j', 0, null],
    ['a step', 'j', 7, { job: 'j', step: 7 }],
  ])('begins a dream with %s', (_name, job, step, branch) => {
    const it = desk();
    it.open('cat.jpg');
    it.change({ job }, 'show');
    expect(it.order(execution, step)?.branch).toEqual(branch);
  });

  it('gives back settings, picture and step on undo', () => {
    const it = desk();
    it.open('cat.jpg');
    it.set('rate', 3);
    it.show(jobOf({ id: 'j', order: { picture: 'dog.jpg' } }));
    it.look(4);
    it.undo();
    expect(it.now).toMatchObject({ job: 'j', step: null });
    it.undo();
    expect(it.now).toMatchObject({ picture: 'cat.jpg', job: null, settings: { rate: 3 } });
    it.undo();
    expect(it.settings.rate).not.toBe(3);
    it.redo();
    expect(it.settings.rate).toBe(3);
  });

  it('refuses a value that its field does not accept, and stays as it is', () => {
    const it = desk();
    const before = it.settings;
    expect(() => it.set('octaves', 0)).toThrow(expect.objectContaining({ code: 'usage/option' }));
    expect(it.settings).toBe(before);
  });

  it('is as it was when the window is opened again', () => {
    const kept = storage();
    const first = desk(kept);
    first.open('cat.jpg');
    first.set('layers', [{ layer: 'mixed4c', weight: 0.5 }]);
    expect(desk(kept).now).toEqual(first.now);
  });

  it('begins anew when what was remembered cannot be used', () => {
    const broken = storage(new Map([['desk', '{"picture":"cat.jpg","settings":{"octaves":"many"}}']]));
    expect(desk(broken).now.picture).toBeNull();
  });
});
