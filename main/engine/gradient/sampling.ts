/**
 * Reading maps between their values: at which of them each point looks along each axis, how much it takes of them, and how that
 * changes with the point. Maps are [B, C, S] with all their places in one axis, points [B, P].
 */
import type { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { at } from './window.ts';

/** One value that a point looks at along one axis, [B, P] each. */
export interface Tap {
  /** Its place along the axis as a float, within the axis. */
  readonly place: Name;
  readonly weight: Name;
  /** Change of the weight with the coordinate; null for 0. */
  readonly slope: Name | null;
}

/** One value that a point looks at. */
export interface Reading {
  /** Its place among all, int64 [B, P]. */
  readonly place: Name;
  readonly weight: Name;
  /** Change of the weight with the coordinate along each axis; null for 0. */
  readonly slopes: readonly (Name | null)[];
}

/** From the two whole coordinates around a point, by how near they are. @param u coordinates [B, P] */
export function linearTaps(
  g: Builder,
  u: Name,
  tapOf: (place: Name, weight: Name, slope: Name) => Tap,
): Tap[] {
  const floor = g.unary('Floor', u);
  const t = g.sub(u, floor);
  const one = g.scalar(1);
  const slope = (sign: number): Name => g.expand(g.scalar(sign), g.dims(u));
  return [tapOf(floor, g.sub(one, t), slope(-1)), tapOf(g.add(floor, one), t, slope(1))];
}

/** A tap that reads 0 outside of its axis. */
export const orZero =
  (g: Builder, length: number) =>
  (place: Name, weight: Name, slope: Name): Tap => {
    const within = g.op('And', [
      g.compare('GreaterOrEqual', place, g.scalar(0)),
      g.compare('Less', place, g.scalar(length)),
    ]);
    return { place: clamped(g, place, length), weight: g.mask(weight, within), slope: g.mask(slope, within) };
  };

/** Coordinates within an axis: the outermost ones for those outside, the first for what is no number. */
export const clamped = (g: Builder, u: Name, length: number): Name =>
  g.op('Min', [g.mask(u, g.compare('GreaterOrEqual', u, g.scalar(0))), g.scalar(Math.max(length - 1, 0))]);

/** Everything that points look at, from what they do along each axis. @param sizes of the axes */
export function readings(g: Builder, taps: readonly (readonly Tap[])[], sizes: readonly number[]): Reading[] {
  const strides = sizes.map((_, axis) => sizes.slice(axis + 1).reduce((a, b) => a * b, 1));
  const choices = taps.reduce<readonly (readonly Tap[])[]>(
    (chosen, own) => chosen.flatMap((before) => own.map((tap) => [...before, tap])),
    [[]],
  );
  return choices.map((chosen) => {
    // Whole numbers for themselves: floats count no further than 2²⁴.
    const places = chosen.map(({ place }, axis) => {
      const whole = g.op('Cast', [place], { to: 7 });
      return at(strides, axis) === 1 ? whole : g.mul(whole, g.ints([at(strides, axis)]));
    });
    const product = (factors: readonly Name[]): Name => factors.reduce((a, b) => g.mul(a, b));
    return {
      place: places.reduce((a, b) => g.add(a, b)),
      weight: product(chosen.map(({ weight }) => weight)),
      slopes: chosen.map(({ slope }, axis) =>
        slope === null ? null : product(chosen.map(({ weight }, i) => (i === axis ? slope : weight))),
      ),
    };
  });
}

/** [B, P] for every channel: [B, C, P]. */
const perChannel = (g: Builder, x: Name, channels: number): Name => {
  const [batch = 1, points = 1] = g.dims(x);
  return g.expand(g.reshape(x, [batch, 1, points]), [batch, channels, points]);
};

/** Over all channels: [B, 1, P]. */
const oneChannel = (g: Builder, x: Name): Name => {
  const [batch = 1, points = 1] = g.dims(x);
  return g.reshape(x, [batch, 1, points]);
};

/** Gradient of maps [B, C, S], of which `dy` [B, C, P] is the gradient where they are read. */
export function ofMaps(g: Builder, all: readonly Reading[], dy: Name, places: number): Name {
  const [batch = 1, channels = 1] = g.dims(dy);
  return all.reduce(
    (dx, { place, weight }) => {
      const updates = g.mul(dy, oneChannel(g, weight));
      const attributes = { axis: 2, reduction: 'add' };
      return g.op('ScatterElements', [dx, perChannel(g, place, channels), updates], attributes);
    },
    g.expand(g.scalar(0), [batch, channels, places]),
  );
}

/** What is read of maps x [B, C, S]: [B, C, P]. */
export function valuesRead(g: Builder, all: readonly Reading[], x: Name): Name {
  return all
    .map(({ place, weight }) => g.mul(looked(g, x, place), oneChannel(g, weight)))
    .reduce((a, b) => g.add(a, b));
}

const looked = (g: Builder, x: Name, place: Name): Name =>
  g.op('GatherElements', [x, perChannel(g, place, g.dim(x, 1))], { axis: 2 });

/** Gradient of the coordinates along one axis, [B, P]; 0 where values are read without a slope. */
export function ofPoints(g: Builder, all: readonly Reading[], axis: number, x: Name, dy: Name): Name {
  const parts = all.flatMap(({ place, slopes }) => {
    const slope = slopes[axis] ?? null;
    if (slope === null) return [];
    return [g.mul(g.reduce('ReduceSum', g.mul(looked(g, x, place), dy), [1], false), slope)];
  });
  const [first, ...rest] = parts;
  const [batch = 1, , points = 1] = g.dims(dy);
  return first === undefined
    ? g.expand(g.scalar(0), [batch, points])
    : rest.reduce((total, part) => g.add(total, part), first);
}
