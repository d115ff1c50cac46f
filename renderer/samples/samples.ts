/** Pictures to begin with, painted by draw.mjs. */
import clouds from './clouds.jpg';
import lake from './lake.jpg';
import stillLife from './still-life.jpg';
import wood from './wood.jpg';

export interface Sample {
  readonly title: string;
  /** The name it gets in the gallery. */
  readonly file: string;
  readonly address: string;
}

export const samples: readonly Sample[] = [
  { title: 'a mountain lake', file: 'Mountain lake.jpg', address: lake },
  { title: 'clouds over the sea', file: 'Clouds over the sea.jpg', address: clouds },
  { title: 'a forest path', file: 'Forest path.jpg', address: wood },
  { title: 'a bowl of fruit', file: 'Bowl of fruit.jpg', address: stillLife },
];
