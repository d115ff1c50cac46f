/** The methods: everything that lists them derives from this table. */
import type { Fields, SettingsOf } from '../recipes/fields.ts';
import { atlas, type AtlasResult } from './atlas.ts';
import { attack, attackSet, type AttackResult, type AttackSetResult } from './attack.ts';
import { dream, type DreamResult } from './dream.ts';
import { examples, type ExamplesResult } from './examples.ts';
import { explain, type ExplainResult } from './explain.ts';
import { film, type FilmResult } from './film.ts';
import { filters, type FiltersResult } from './filters.ts';
import { measureSet, type MeasureSetResult } from './measure-set.ts';
import type { Method } from './method.ts';
import { dreamSet, explainSet, visualizeSet, type SetResult } from './sets.ts';
import { video, type VideoResult } from './video.ts';
import { visualize, type VisualizeResult } from './visualize.ts';

export const methods = {
  dream,
  film,
  video,
  visualize,
  explain,
  examples,
  atlas,
  attack,
  attackSet,
  filters,
  dreamSet,
  explainSet,
  visualizeSet,
  measureSet,
} as const satisfies Readonly<Record<string, Method>>;

/** What each reports at its end. */
export interface Results {
  dream: DreamResult;
  film: FilmResult;
  video: VideoResult;
  visualize: VisualizeResult;
  explain: ExplainResult;
  examples: ExamplesResult;
  atlas: AtlasResult;
  attack: AttackResult;
  attackSet: AttackSetResult;
  filters: FiltersResult;
  dreamSet: SetResult;
  explainSet: SetResult;
  visualizeSet: SetResult;
  measureSet: MeasureSetResult;
}

type Methods = typeof methods;
export type MethodName = keyof Methods;

/** The names of the methods of which something is true. */
type Those<Trait> = { [M in MethodName]: Methods[M] extends Trait ? M : never }[MethodName];

/** Those whose picture holds a recipe. */
export type RecipeMethod = Those<{ recipe: true }>;
/** Those that start from one picture. */
export type PictureMethod = Those<{ inputs: { image: 'file' } }>;
/** Those that the studio queues, because they take long. */
export type JobMethod = Those<{ job: object }>;

export type MethodSettings<M extends MethodName> = SettingsOf<Methods[M]['settings']>;

export const methodNames = Object.keys(methods) as readonly MethodName[];

/** The same table without its literal types, for code that serves any method. */
export const anyMethod: Readonly<Record<MethodName, Method & { settings: Fields }>> = methods;

const named =
  (trait: (method: Method) => boolean) =>
  (value: unknown): boolean =>
    typeof value === 'string' && Object.hasOwn(methods, value) && trait(anyMethod[value as MethodName]);

export const isRecipeMethod = named(({ recipe }) => recipe) as (value: unknown) => value is RecipeMethod;
export const isJobMethod = named(({ job }) => job !== undefined) as (value: unknown) => value is JobMethod;

/** What a method with these settings is about where that is no picture: its targets, its layer. */
export function subjectOf(method: MethodName, settings: object): readonly string[] {
  const subject = anyMethod[method].subject as ((settings: object) => readonly string[]) | undefined;
  return subject?.(settings) ?? [];
}
