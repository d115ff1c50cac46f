/** What a recipe tells of its picture that one looks for pictures by. */
import { methods } from '../../../shared/methods/registry.ts';
import { defaultsOf, type Fields } from '../../../shared/recipes/fields.ts';
import { formatValue } from '../../../shared/recipes/kinds.ts';
import { parseRecipe } from '../../../shared/recipes/recipe.ts';
import type { RecipeFacts } from '../../../shared/studio/gallery.ts';

/** The layer in `channel:mixed4c/11` and other targets. */
const LAYER = /(?:layer|channel|neuron|direction):([^/@*\s,;]+)/g;
const LONGEST = 500;

/** @param stored As it lies in a picture. @returns `null` for a recipe that cannot be used */
export function factsOf(stored: unknown): RecipeFacts | null {
  try {
    const { method, model, source, settings } = parseRecipe(stored);
    const fields: Fields = methods[method].settings;
    const usual: Readonly<Record<string, unknown>> = defaultsOf(fields);
    const texts = Object.entries<unknown>(settings)
      .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(usual[key]))
      .flatMap(([key, value]) => {
        const field = fields[key];
        return field === undefined ? [] : [formatValue(field, value)];
      });
    const words = texts.join(' ').slice(0, LONGEST);
    return { network: model.name, source: source?.name ?? null, layers: layersIn(settings, words), words };
  } catch {
    return null;
  }
}

function layersIn(settings: object, words: string): readonly string[] {
  const named: string[] = [];
  const { layers, layer } = settings as { readonly layers?: unknown; readonly layer?: unknown };
  if (Array.isArray(layers))
    for (const each of layers as readonly { readonly layer?: unknown }[])
      if (typeof each.layer === 'string') named.push(each.layer);
  if (typeof layer === 'string') named.push(layer);
  for (const [, name = ''] of words.matchAll(LAYER)) named.push(name);
  return [...new Set(named)];
}
