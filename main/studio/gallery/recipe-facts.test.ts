import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRecipe } from '../../engine/imaging/recipe-chunk.ts';
import { factsOf } from './recipe-facts.ts';

/** Pictures that an earlier version made. */
const MADE = join(import.meta.dirname, '..', 'testing', 'state-0.1.0', 'home', 'gallery');
const factsIn = async (name: string) => factsOf(readRecipe(await readFile(join(MADE, name))));

describe('what a recipe tells', () => {
  it('is the network, the photo, the layers and what is not usual', async () => {
    expect(await factsIn('photo-dream.png')).toMatchObject({ network: 'tiny', source: 'photo.png' });
    const channel = await factsIn('channel-relu2-1.png');
    expect(channel).toMatchObject({ network: 'tiny', source: null, layers: ['relu2'] });
    expect(channel?.words).toContain('channel:relu2/1');
  });

  it('names layers of dreams and classes of attacks', () => {
    const recipe = (method: string, settings: object) => ({
      ...{ reverie: 1, method, model: { name: 'net', sha256: 'a'.repeat(64) } },
      source: { name: 'garden.png', sha256: 'b'.repeat(64), width: 4, height: 3 },
      settings,
    });
    const layers = [
      { layer: 'mixed4c', weight: 1 },
      { layer: 'mixed3b', weight: 0.5 },
    ];
    expect(factsOf(recipe('dream', { layers }))).toMatchObject({ layers: ['mixed4c', 'mixed3b'] });
    expect(factsOf(recipe('attack', { target: 'class:goldfish' }))?.words).toContain('class:goldfish');
  });

  it.each([[{}], [{ reverie: 99 }], ['recipe'], [null]])('is nothing for %j', (stored) => {
    expect(factsOf(stored)).toBeNull();
  });
});
