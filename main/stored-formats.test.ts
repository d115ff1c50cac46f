/** Every file that outlives the program: from each earlier format a step leads to the next. */
import { expect, it } from 'vitest';
import { RECIPE } from '../shared/recipes/recipe.ts';
import { PAGE } from './app/page-storage.ts';
import { WINDOW } from './app/window-state.ts';
import { CARD } from './engine/models/card-file.ts';
import { PROBE } from './engine/runtime/probe-results.ts';
import { MARKS } from './studio/gallery/marks.ts';
import { DETAILS } from './studio/gallery/picture-details.ts';
import { RUN_RECORD } from './studio/jobs/run-record.ts';
import { SETTINGS } from './studio/settings-store.ts';

it.each([RECIPE, RUN_RECORD, SETTINGS, CARD, DETAILS, MARKS, PROBE, WINDOW, PAGE])(
  '$name can be read in every format up to $current',
  ({ current, steps }) => {
    const earlier = Array.from({ length: current - 1 }, (_, i) => String(i + 1));
    expect(Object.keys(steps)).toEqual(earlier);
  },
);
