/** Layers and their units as the window looks at them. */
import type { AtlasPage } from '../methods/atlas.ts';
import type { Example, ExamplesResult, UnitExamples } from '../methods/examples.ts';
import type { FiltersResult } from '../methods/filters.ts';
import type { Frame } from '../jobs.ts';

/** Which channels have a picture; see `channelAddress`. */
export type LayerPage = Omit<AtlasPage, 'folder'>;

/** What a unit's page shows of it: what it grows, what it shrinks, and four different things that excite it. */
export const unitPictures = ['positive', 'negative', 'diverse'] as const;
export type UnitPicture = (typeof unitPictures)[number];

export type UnitPictureEvent =
  /** What grows at present. */
  | { kind: 'progress'; pictures: readonly UnitPicture[]; step: number; of: number; frame?: Frame }
  | { kind: 'made'; picture: UnitPicture; address: string }
  /** A sentence worth telling, such as that nothing excites it. */
  | { kind: 'note'; note: string };

/** Photos of the gallery that excite a unit most; `picture` is an id. */
export interface UnitPhotos extends Pick<ExamplesResult, 'photos' | 'cached'> {
  unit: Omit<UnitExamples, 'examples'> & {
    examples: readonly (Omit<Example, 'path'> & { photo: string })[];
  };
}

/** The weights of a network's first layer. */
export type FirstFilters = Omit<FiltersResult, 'output'>;
