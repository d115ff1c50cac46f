/** What is known of a picture's contents, remembered between starts so that a large gallery opens at once. */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { isRecord } from '../../../shared/schema.ts';
import { upgraded, type StoredFormat } from '../../../shared/stored.ts';
import { isRecipeMethod, type RecipeMethod } from '../../../shared/methods/registry.ts';
import { readRecipe } from '../../engine/imaging/recipe-chunk.ts';
import type { RecipeFacts } from '../../../shared/studio/gallery.ts';
import { inspect, type ImageSource } from '../../engine/imaging/source.ts';
import { JsonFile, readJson } from '../../files/json-file.ts';
import { factsOf } from './recipe-facts.ts';
import { sha256 } from '../../files/sha256.ts';

export interface Details {
  /** Upright, in pixels. */
  width: number;
  height: number;
  /** Whether it holds a recipe. */
  made: boolean;
  /** The recipe's method, where it can be read. */
  method: RecipeMethod | null;
  /** Of the file. */
  sha256: string;
  /** Absent where an earlier version looked at the picture, which did not ask for them. */
  facts?: RecipeFacts | null;
}

/** A state of a file: its details hold while neither changes. */
export interface FileState {
  added: number;
  bytes: number;
}

export function detailsOf(bytes: Uint8Array, source: ImageSource): Details {
  const turned = source.orientation > 4;
  return {
    width: turned ? source.height : source.width,
    height: turned ? source.width : source.height,
    ...recipeIn(bytes),
    sha256: sha256(bytes),
  };
}

/** @throws ReverieError image/missing, image/unreadable, image/size */
export async function examine(path: string): Promise<Details> {
  const bytes = await readFile(path);
  return detailsOf(bytes, await inspect(bytes, path));
}

function recipeIn(bytes: Uint8Array): Pick<Details, 'made' | 'method' | 'facts'> {
  try {
    const recipe = readRecipe(bytes);
    const method = isRecord(recipe) && isRecipeMethod(recipe['method']) ? recipe['method'] : null;
    return { made: recipe !== undefined, method, facts: recipe === undefined ? null : factsOf(recipe) };
  } catch {
    return { made: true, method: null, facts: null }; // There is one, though damaged: asking for it says what is wrong.
  }
}

export const DETAILS: StoredFormat = {
  name: 'The list of pictures',
  key: 'format',
  current: 2,
  // The first had the pictures by themselves.
  steps: { 1: (pictures) => ({ pictures }) },
};

const entry = v.object({
  width: v.number(),
  height: v.number(),
  made: v.boolean(),
  method: v.nullable(v.custom<RecipeMethod>(isRecipeMethod)),
  sha256: v.string(),
  facts: v.exactOptional(
    v.nullable(
      v.object({
        network: v.string(),
        source: v.nullable(v.string()),
        layers: v.array(v.string()),
        words: v.string(),
      }),
    ),
  ),
  added: v.number(),
  bytes: v.number(),
});

/** A cache: the file may be deleted, and what does not fit the files any more is not used. */
export class DetailsCache {
  readonly #file: JsonFile;
  readonly #known: Map<string, Details & FileState>;

  private constructor(file: JsonFile, known: Map<string, Details & FileState>) {
    this.#file = file;
    this.#known = known;
  }

  static async open(path: string): Promise<DetailsCache> {
    const known = new Map<string, Details & FileState>();
    try {
      const stored = await readJson(path);
      const { pictures } = upgraded(
        DETAILS,
        isRecord(stored) ? stored : {},
        (sentence) => new Error(sentence),
      );
      for (const [id, details] of Object.entries(isRecord(pictures) ? pictures : {}))
        if (v.is(entry, details)) known.set(id, details);
    } catch {
      // All pictures are looked at again.
    }
    return new DetailsCache(new JsonFile(path), known);
  }

  get(id: string, { added, bytes }: FileState): Details | undefined {
    const found = this.#known.get(id);
    return found?.added === added && found.bytes === bytes ? found : undefined;
  }

  set(id: string, { added, bytes }: FileState, details: Details): void {
    this.#known.set(id, { ...details, added, bytes });
  }

  delete(id: string): void {
    this.#known.delete(id);
  }

  async save(): Promise<void> {
    await this.#file.write({ [DETAILS.key]: DETAILS.current, pictures: Object.fromEntries(this.#known) });
  }
}
