import type { StudioRequest } from '../../shared/studio/contract.ts';
import { expect, it, vi } from 'vitest';
import { ReverieError } from '../../shared/errors.ts';
import type { ModelInfo } from '../../shared/contract/models.ts';
import { networkOf } from '../testing/items.ts';
import { Networks } from './networks.svelte.ts';

/** Answers with how often it was asked. */
function networks() {
  const asked: StudioRequest<'inspectModel'>[] = [];
  const studio = {
    inspectModel(request: StudioRequest<'inspectModel'>): Promise<ModelInfo> {
      asked.push(request);
      if (request.model === 'broken') return Promise.reject(new ReverieError('model/unreadable', 'Torn.'));
      return Promise.resolve(networkOf({ name: `${request.model ?? ''} ${asked.length}` }));
    },
  };
  return { asked, networks: new Networks(studio) };
}

it('asks once for each network and size', async () => {
  const { asked, networks: all } = networks();
  for (const size of [null, null, 448, 448]) all.ask('mine', false, size);
  expect(all.get('mine')).toEqual({ state: 'asking' });
  await vi.waitFor(() => expect(all.info('mine')?.name).toBe('mine 1'));
  expect(asked).toEqual([
    { model: 'mine', size: null },
    { model: 'mine', size: 448 },
  ]);
  expect(all.get('mine', 448)).toMatchObject({ state: 'known' });
});

it('keeps what it knew until a changed network was looked at again, and forgets its other sizes', async () => {
  const { networks: all } = networks();
  all.ask('mine');
  all.ask('mine', false, 448);
  await vi.waitFor(() => expect(all.get('mine', 448)).toMatchObject({ state: 'known' }));
  const again = all.refresh('mine');
  expect(all.info('mine')?.name).toBe('mine 1');
  expect(all.get('mine', 448)).toBeUndefined();
  await again;
  expect(all.info('mine')?.name).toBe('mine 3');
});

it('forgets what is installed no longer, for another network may come under its name', async () => {
  const { networks: all } = networks();
  all.ask('mine');
  all.ask('other');
  await vi.waitFor(() => expect(all.info('other')).toBeDefined());
  all.keep(new Set(['other']));
  expect([all.get('mine'), all.info('other')?.name]).toEqual([undefined, 'other 2']);
  all.ask('mine');
  await vi.waitFor(() => expect(all.info('mine')?.name).toBe('mine 3'));
});

it('drops the answer about a network that was removed meanwhile', async () => {
  const { networks: all } = networks();
  all.ask('mine');
  all.keep(new Set());
  await Promise.resolve();
  await Promise.resolve();
  expect(all.get('mine')).toBeUndefined();
});

it('tells why one cannot be read, and tries again when told to', async () => {
  const { asked, networks: all } = networks();
  all.ask('broken');
  await vi.waitFor(() => expect(all.get('broken')).toEqual({ state: 'failed', reason: 'Torn.' }));
  all.ask('broken');
  expect(asked).toHaveLength(1);
  all.ask('broken', true);
  expect(asked).toHaveLength(2);
});
