import { describe, expect, it } from 'vitest';
import { dream } from './dream.ts';
import { defaultsOf } from './fields.ts';
import { parseRecipe, readRecipe, type Recipe } from './recipe.ts';

const sha256 = 'ab'.repeat(32);
const recipe: Recipe = {
  reverie: 1,
  method: 'dream',
  model: { name: 'dreamnet', sha256 },
  source: { name: 'cat.jpg', sha256, width: 640, height: 480 },
  files: { guide: { name: 'flowers.jpg', sha256 } },
  settings: {
    ...defaultsOf(dream),
    guide: 'flowers.jpg',
    layers: [{ layer: 'mixed4c', weight: 1 }],
    seed: 7,
  },
};

describe('parseRecipe', () => {
  it('gives back what was written, through JSON', () => {
    expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
  });

  it('fills in settings that an older recipe does not know', () => {
    const { seed: _, ...settings } = recipe.settings;
    expect(parseRecipe({ ...recipe, settings }).settings).toMatchObject({ seed: 0 });
  });

  it('drops entries of others, and does without files', () => {
    const { files: _, ...rest } = recipe;
    expect(parseRecipe({ ...rest, comment: 'x' })).toEqual(rest);
  });

  it('leaves out settings that it does not know, and tells their names', () => {
    const settings = { ...recipe.settings, moonlight: 3, tide: 'high' };
    expect(readRecipe({ ...recipe, settings })).toEqual({
      recipe,
      notes: [
        'The recipe has "moonlight" and "tide", which this version of Reverie does not know and leaves out; a later version may have written it.',
      ],
    });
    expect(readRecipe(recipe).notes).toEqual([]);
  });

  it.each([
    ['text', 'dream', /not a recipe/],
    ['null', null, /not a recipe/],
    ['another object', { a: 1 }, /not a recipe/],
    ['a later format', { ...recipe, reverie: 2 }, /has format 2, and this version of Reverie reads format 1/],
    ['another method', { ...recipe, method: 'sleep' }, /method "sleep" is not known/],
    ['no method', { ...recipe, method: undefined }, /method null is not known/],
    ['no model', { ...recipe, model: undefined }, /"model" must name a file/],
    ['a model without a name', { ...recipe, model: { name: '', sha256 } }, /"model.name"/],
    ['a wrong hash', { ...recipe, model: { name: 'a', sha256: 'AB' } }, /"model.sha256" must be 64/],
    ['a source without size', { ...recipe, source: { name: 'a', sha256 } }, /"source.width"/],
    ['a wrong file', { ...recipe, files: { mask: 1 } }, /"files.mask"/],
    ['wrong settings', { ...recipe, settings: { octaves: 0 } }, /--octaves must be .*, not "0"\.$/],
    ['no settings', { ...recipe, settings: undefined }, /settings cannot be used/],
  ])('refuses %s', (_, value, message) => {
    expect(() => parseRecipe(value)).toThrow(
      expect.objectContaining({ code: 'recipe/invalid', message: expect.stringMatching(message) as string }),
    );
  });
});
