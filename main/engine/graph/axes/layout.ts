/** A tensor as people see a layer: so many channels on a grid over the picture. */
import { isPlaced, type Axes, type Axis, type Group, type PlainAxis, type TokenAxis } from './axis.ts';

export interface Layout {
  /** Features of each place; 0 for what has none, as how much each place of an attention looks at the others. */
  readonly channels: number;
  /** Positions; 1×1 for a vector. */
  readonly width: number;
  readonly height: number;
  /** Whether the positions lie on a grid over the picture. */
  readonly grid: boolean;
  /** Tokens of no place before and after those of the picture, such as a class token. */
  readonly before: number;
  readonly after: number;
  /** Whether its dimensions are batch, channels, height and width, or batch and channels. */
  readonly plain: boolean;
}

const PLAIN = ['batch', 'features', 'rows', 'columns'];

export const tokensOf = (axes: Axes): TokenAxis | undefined =>
  axes.flat().find((axis) => axis.kind === 'tokens');

/** The axes of a tensor, with those of the picture's tokens in the place of all tokens. */
export const placedAxes = (axes: Axes): PlainAxis[] =>
  axes.flat().flatMap((axis): readonly PlainAxis[] => (axis.kind === 'tokens' ? axis.grid : [axis]));

const product = (axes: readonly Axis[], kind: Axis['kind']): number =>
  axes.reduce((size, axis) => (axis.kind === kind ? size * axis.size : size), 1);

export function layoutOf(axes: Axes): Layout {
  const plain = placedAxes(axes);
  const { before = 0, after = 0 } = tokensOf(axes) ?? {};
  const attention = plain.some(({ kind }) => kind === 'keys');
  const places = product(plain, 'places');
  return {
    channels: attention ? 0 : product(plain, 'features'),
    width: product(plain, 'columns') * places,
    height: product(plain, 'rows'),
    grid: !attention && places === 1 && axes.some(isPlaced),
    before,
    after,
    plain: axes.every(
      (group, i) => group.length === 0 || (group.length === 1 && group[0]?.kind === PLAIN[i]),
    ),
  };
}

/** What each dimension is and how large, for people: `1`, `1 + 14×14 tokens`, `768 features`. */
export function describeAxes(axes: Axes, dims: readonly number[]): string[] {
  const attention = axes.flat().some(({ kind }) => kind === 'keys');
  const called = attention ? { ...CALLED, features: 'heads' } : CALLED;
  return axes.map((group, i) => describeGroup(group, dims[i] ?? 1, called));
}

type Names = Readonly<Record<PlainAxis['kind'], string>>;

const CALLED: Names = {
  batch: 'pictures',
  features: 'features',
  rows: 'rows',
  columns: 'columns',
  keys: 'keys',
  places: 'positions',
};

function describeGroup(group: Group, size: number, called: Names): string {
  const [only] = group;
  if (only === undefined) return '1';
  if (group.length === 1 && only.kind === 'tokens') {
    const parts = [only.before, only.grid.map((axis) => axis.size).join('×') || 1, only.after];
    return `${parts.filter((part) => part !== 0).join(' + ')} tokens`;
  }
  if (group.length === 1 && only.kind !== 'tokens') return `${size} ${called[only.kind]}`;
  const placed = group.every(({ kind }) => kind === 'rows' || kind === 'columns');
  if (placed) return `${group.map((axis) => axis.size).join('×')} places`;
  return group.map((axis) => describeGroup([axis], axis.size, called)).join(' · ');
}
