/** Layers of any form in the one form that every method counts in: [N, channels, height, width]. */
import { ReverieError } from '../../../../shared/errors.ts';
import type { Builder } from '../builder.ts';
import type { Name } from '../graph.ts';
import { unplaced, type Axes, type PlainAxis, type PlainKind } from './axis.ts';
import { layoutOf, placedAxes, tokensOf } from './layout.ts';

/** The order of the axes in the one form. */
const ORDER: readonly PlainKind[] = ['batch', 'features', 'rows', 'columns', 'places'];

const sizesOf = (axes: readonly { size: number }[]): number[] => axes.map(({ size }) => size);

/**
 * A tensor as [N, C, H, W], with one row of positions where they lie on no grid; as [N, C] without positions. Tokens of no
 * place are left out. Whatever has that form already is given back as it is.
 *
 * @throws ReverieError `layer/unusable` for the weights of an attention, which have no channels
 */
export function asMaps(g: Builder, tensor: Name): Name {
  const axes = axesIn(g, tensor);
  return axes === undefined ? tensor : mapsLike(g, tensor, axes);
}

/** Where nothing is known, three dimensions are those of a list of features. */
const axesIn = (g: Builder, tensor: Name): Axes | undefined =>
  g.axes(tensor) ?? (g.dims(tensor).length === 3 ? unplaced(g.dims(tensor)) : undefined);

/** A layer, or another tensor of its shape such as its gradient, in the form of {@link asMaps}; as it is where nothing is known of the layer. */
export function mapsOfLayer(g: Builder, tensor: Name, layer: Name): Name {
  const axes = g.axes(layer);
  return axes === undefined ? tensor : mapsLike(g, tensor, axes);
}

/** A tensor whose axes are told, in the form of {@link asMaps}. */
export function mapsLike(g: Builder, tensor: Name, axes: Axes): Name {
  if (axes.flat().some(({ kind }) => kind === 'keys')) {
    throw new ReverieError(
      'layer/unusable',
      `"${tensor}" says how much the places of an attention look at each other, so it has no channels; name another layer.`,
    );
  }
  const from = placedAxes(axes);
  const to = ORDER.flatMap((kind) =>
    from.filter((axis) => axis.kind === kind).sort((a, b) => (kind === 'places' ? 0 : b.step - a.step)),
  );
  const dims = dimsOf(g.dims(tensor), axes, to);
  const tokens = tokensOf(axes);
  const ordered = to.every((axis, i) => axis === from[i]);
  if (tokens === undefined && ordered) return same(g.dims(tensor), dims) ? tensor : g.reshape(tensor, dims);
  let x = tensor;
  if (tokens !== undefined) {
    const flat = axes.flat();
    const at = flat.indexOf(tokens);
    x = g.slice(g.reshape(x, sizesOf(flat)), [at], [tokens.before], [tokens.size - tokens.after]);
  }
  x = g.reshape(x, sizesOf(from));
  if (!ordered)
    x = g.transpose(
      x,
      to.map((axis) => from.indexOf(axis)),
    );
  return g.reshape(x, dims);
}

/** The class token of a layer, its first one: [N, C]. @throws ReverieError `usage/option` where it has none */
export function asClassToken(g: Builder, tensor: Name): Name {
  const axes = g.axes(tensor) ?? [];
  const tokens = tokensOf(axes);
  if (tokens === undefined || tokens.before === 0) throw noClassToken(tensor);
  const flat = axes.flat();
  const at = flat.indexOf(tokens);
  const first = g.slice(g.reshape(tensor, sizesOf(flat)), [at], [0], [1]);
  const features = flat.flatMap((axis) => (axis === tokens ? [] : [[axis]]));
  return mapsLike(
    g,
    g.reshape(
      first,
      features.map(([axis]) => axis?.size ?? 1),
    ),
    features,
  );
}

export const noClassToken = (layer: string): ReverieError =>
  new ReverieError(
    'usage/option',
    `Layer "${layer}" has no class token; name a place as @<x>,<y>, or leave it out for the centre.`,
  );

/** A network of one picture at a time has no axis of its batch. */
function dimsOf(own: readonly number[], axes: Axes, to: readonly PlainAxis[]): number[] {
  const batch = to.reduce((size, axis) => (axis.kind === 'batch' ? size * axis.size : size), 1);
  const { channels, width, height, grid } = layoutOf(axes);
  const positions = grid || own.length === 4 || width * height > 1;
  return positions ? [batch, channels, height, width] : [batch, channels];
}

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);
