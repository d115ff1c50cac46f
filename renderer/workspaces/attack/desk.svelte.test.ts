import { describe, expect, it, vi } from 'vitest';
import type { ClassifyResult } from '../../../shared/contract/classify.ts';
import { ReverieError } from '../../../shared/errors.ts';
import { attack } from '../../../shared/recipes/attack.ts';
import { defaultsOf } from '../../../shared/recipes/fields.ts';
import type { Job } from '../../../shared/studio/jobs.ts';
import { jobOf } from '../../testing/items.ts';
import { Attacker } from './desk.svelte.ts';
import type { PageStorage } from '../../host/storage.ts';

const cat = { index: 3, label: 'cat', probability: 0.9 };

function answer(path: string): ClassifyResult {
  return {
    model: 'm',
    runtime: 'r',
    device: 'cpu',
    seconds: 0,
    answers: 'softmax',
    images: [{ path, classes: [cat] }],
    failed: [],
  };
}

function storage(): PageStorage {
  const kept = new Map<string, unknown>();
  return { load: (key) => kept.get(key) ?? null, save: (key, value) => kept.set(key, value) };
}

function deskOver(kept = storage()) {
  const classify = vi.fn(({ picture }: { picture: string }) => Promise.resolve(answer(picture)));
  const transfer = (): never => {
    throw new Error('not asked for here');
  };
  return { classify, desk: new Attacker({ host: { studio: { classify, transfer } }, storage: kept }) };
}

const execution = { runtime: 'auto', device: 'auto' } as const;

describe('the attack desk', () => {
  it('orders an attack on its picture, and nothing without one', () => {
    const { desk } = deskOver();
    expect(desk.order(execution)).toBeUndefined();
    desk.open('cat.png');
    desk.set('eps', '4/255');
    expect(desk.order(execution)).toMatchObject({
      method: 'attack',
      picture: 'cat.png',
      settings: { method: 'pgd', eps: 4 / 255 },
    });
    expect(() => desk.set('method', 'magic')).toThrow(ReverieError);
  });

  it('asks only for what the chosen attack reads, and remembers the rest', () => {
    const { desk } = deskOver();
    desk.open('cat.png');
    desk.set('eps', '4/255');
    desk.ally('a', true);
    desk.set('target', 'random');
    desk.set('method', 'rays');
    const ignored = { target: null, ensemble: null };
    expect(desk.order(execution)?.settings).toMatchObject({ method: 'rays', eps: 4 / 255, ...ignored });
    desk.set('method', 'patch');
    expect(desk.order(execution)?.settings).toMatchObject({ eps: null, target: 'random', ensemble: 'a' });
    desk.set('method', 'pgd');
    expect(desk.order(execution)?.settings).toMatchObject({ eps: 4 / 255, target: 'random', ensemble: 'a' });
  });

  it('is as it was when the window opens again', () => {
    const kept = storage();
    const { desk } = deskOver(kept);
    desk.open('cat.png');
    desk.use('googlenet');
    desk.set('steps', 7);
    desk.follow('job-1');
    const { desk: again } = deskOver(kept);
    expect(again).toMatchObject({ picture: 'cat.png', model: 'googlenet', job: 'job-1' });
    expect(again.settings.steps).toBe(7);
  });

  it('begins anew when what it remembers is of another version', () => {
    const kept = storage();
    kept.save('attack', { picture: 3, model: 'm', settings: { strength: 1 } });
    expect(deskOver(kept).desk).toMatchObject({ picture: null, model: 'm', settings: defaultsOf(attack) });
  });

  it('keeps networks that are fooled together, never the attacked one itself', () => {
    const { desk } = deskOver();
    desk.ally('a', true);
    desk.ally('b', true);
    desk.ally('a', true);
    expect(desk.settings.ensemble).toBe('b,a');
    desk.use('b');
    expect(desk.allies).toEqual(['a']);
    desk.ally('a', false);
    expect(desk.settings.ensemble).toBeNull();
  });

  it('forgets numbers of classes with another network, names are kept', () => {
    const { desk } = deskOver();
    desk.set('target', 'class:281');
    desk.use('other');
    expect(desk.settings.target).toBeNull();
    desk.set('target', 'class:toaster');
    desk.use('third');
    expect(desk.settings.target).toBe('class:toaster');
  });

  it('asks about the output that is chosen, whose classes are others, and about the own one of another network', async () => {
    const kept = storage();
    const { classify, desk } = deskOver(kept);
    desk.open('cat.png');
    desk.use('two');
    desk.set('target', 'class:toaster');
    desk.useOutput('embedding');
    expect(desk.order(execution)).toMatchObject({ output: 'embedding', settings: { target: null } });
    await desk.look();
    expect(classify).toHaveBeenLastCalledWith({
      picture: 'cat.png',
      model: 'two',
      output: 'embedding',
      top: 5,
    });
    expect(deskOver(kept).desk.output).toBe('embedding');
    desk.use('other');
    expect(desk.order(execution)).toMatchObject({ output: null });
    desk.restore('cat.png', { model: 'two', output: 'logits' }, defaultsOf(attack), null);
    expect(desk.order(execution)).toMatchObject({ model: 'two', output: 'logits' });
  });

  it('shows an attack with what was asked for, and only attacks', () => {
    const { desk } = deskOver();
    desk.show(jobOf({ id: 'dream' }));
    expect(desk.job).toBeNull();
    const job: Job = {
      ...jobOf({ id: 'attack' }),
      order: {
        ...execution,
        method: 'attack',
        picture: 'cat.png',
        model: 'm',
        settings: { ...defaultsOf(attack), method: 'cw' },
        branch: null,
        repeats: null,
      },
    };
    desk.show(job);
    expect(desk).toMatchObject({ picture: 'cat.png', model: 'm', job: 'attack' });
    expect(desk.settings.method).toBe('cw');
    desk.open('dog.png');
    expect(desk.job).toBeNull();
  });
});

describe('what is seen before', () => {
  it('is asked once for each picture and network', async () => {
    const { desk, classify } = deskOver();
    await desk.look();
    expect(classify).not.toHaveBeenCalled();
    desk.open('cat.png');
    await desk.look();
    await desk.look();
    expect(classify).toHaveBeenCalledTimes(1);
    expect(desk.seen).toEqual([cat]);
    desk.use('other');
    await desk.look();
    expect(classify).toHaveBeenLastCalledWith({ picture: 'cat.png', model: 'other', output: null, top: 5 });
  });

  it('tells why it is not known, and is asked again', async () => {
    const { desk, classify } = deskOver();
    desk.open('cat.png');
    classify.mockRejectedValueOnce(new ReverieError('model/unsupported', 'This is no classifier.'));
    await desk.look();
    expect(desk.error).toBe('This is no classifier.');
    await desk.look();
    expect(desk).toMatchObject({ error: null, seen: [cat] });
  });

  it('comes too late for a picture that is gone', async () => {
    const { desk } = deskOver();
    desk.open('cat.png');
    const late = desk.look();
    desk.open(null);
    await desk.look();
    await late;
    expect(desk.seen).toBeUndefined();
  });
});
