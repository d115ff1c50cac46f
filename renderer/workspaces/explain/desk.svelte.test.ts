/** What the explain desk asks for, by methods that suit the network and about the output that is meant. */
import { expect, it } from 'vitest';
import type { PageStorage } from '../../host/storage.ts';
import { Explainer } from './desk.svelte.ts';

function storage(): PageStorage {
  const kept = new Map<string, unknown>();
  return { load: (key) => kept.get(key) ?? null, save: (key, value) => kept.set(key, value) };
}

function deskOver(kept = storage()): Explainer {
  const unasked = (): never => {
    throw new Error('not asked for here');
  };
  const desk = new Explainer({ host: { studio: { explain: unasked, measure: unasked } }, storage: kept });
  desk.open('cat.png');
  return desk;
}

const methods = (desk: Explainer): readonly string[] => desk.settings.method;

it('begins with methods that say something about the network, until others are chosen', () => {
  const desk = deskOver();
  expect(methods(desk)).toEqual(['guided-backprop', 'grad-cam']);
  desk.suit({ gated: false });
  expect(methods(desk)).toEqual(['gradient', 'grad-cam']);
  desk.suit({ gated: true });
  expect(methods(desk)).toEqual(['guided-backprop', 'grad-cam']);
  desk.set('method', ['occlusion']);
  desk.suit({ gated: false });
  expect(methods(desk)).toEqual(['occlusion']);
});

it('asks about the output that is chosen, also when the window opens again, and about the own one of another network', () => {
  const kept = storage();
  const desk = deskOver(kept);
  desk.use('two', 'embedding');
  expect(desk.request).toMatchObject({ model: 'two', output: 'embedding' });
  expect(deskOver(kept).request).toMatchObject({ model: 'two', output: 'embedding' });
  desk.use('other');
  expect(desk.request).toMatchObject({ model: 'other', output: null });
  desk.restore('cat.png', { model: 'two', output: 'logits' }, desk.settings);
  expect(desk.request).toMatchObject({ model: 'two', output: 'logits' });
});
