/** The first features of a network, read off its weights. */
import type { Frame } from '../jobs.ts';
import { filters as settings, type FiltersSettings } from '../recipes/filters.ts';
import type { RecipeForm } from '../recipes/recipe-form.ts';
import { picture, type Method } from './method.ts';

export interface FiltersResult {
  /** Absolute path of the picture, or `null` where none was asked for. */
  output: string | null;
  recipe: RecipeForm<'filters', FiltersSettings, null>;
  model: string;
  seconds: number;
  layer: string;
  filters: number;
  /** Channels of each filter; three are shown as colours when they are the picture's, others as a grey sheet each. */
  channels: number;
  /** Size of a filter in weights. */
  kernel: { width: number; height: number };
  /** How weights became grey levels, a sentence. */
  normalisation: string;
  /** Where pictures were asked for. */
  picture?: Frame;
}

export const filters = {
  settings,
  inputs: {},
  out: { when: 'named', field: picture('The PNG to write', '<network>-filters.png here') },
  outputs: {},
  recipe: true,
  command: {
    usage: '',
    positionals: { min: 0, max: 0 },
    summary: "Show the weights of a network's first layer as pictures",
    heading: 'Filters',
  },
  resumes: { from: 'the beginning' },
  shrinks: false,
  words: { noun: 'sheet', title: 'Filters', running: 'Reading weights', again: 'Show the filters again' },
} as const satisfies Method;
