/** Affine maps of the plane, as the transforms of a step: shift, scale and rotation, collapsed into one. */

/** (u, v) ↦ (xu·u + xv·v + x, yu·u + yv·v + y): from a pixel of what is made to the place it is taken from. */
export interface Affine {
  readonly xu: number;
  readonly xv: number;
  readonly x: number;
  readonly yu: number;
  readonly yv: number;
  readonly y: number;
}

/** A map that also makes near things larger: both places are divided by 1 + wu·u + wv·v. */
export interface Projective extends Affine {
  readonly wu: number;
  readonly wv: number;
}

export const shift = (x: number, y: number): Affine => ({ xu: 1, xv: 0, x, yu: 0, yv: 1, y });

/** About the origin; a factor of 2 takes from places twice as far away, so things appear half as large. */
export const stretch = (factor: number): Affine => ({ xu: factor, xv: 0, x: 0, yu: 0, yv: factor, y: 0 });

/** About the origin, by an angle in degrees. */
export function rotation(degrees: number): Affine {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return { xu: c, xv: -s, x: 0, yu: s, yv: c, y: 0 };
}

/** First `maps[0]`, then the next on its result, and so on. */
export function chain(...maps: readonly Affine[]): Affine {
  return maps.reduce((first, next) => ({
    xu: next.xu * first.xu + next.xv * first.yu,
    xv: next.xu * first.xv + next.xv * first.yv,
    x: next.xu * first.x + next.xv * first.y + next.x,
    yu: next.yu * first.xu + next.yv * first.yu,
    yv: next.yu * first.xv + next.yv * first.yv,
    y: next.yu * first.x + next.yv * first.y + next.y,
  }));
}

/** The map back: from a place to the pixel that comes from there. */
export function inverse({ xu, xv, x, yu, yv, y }: Affine): Affine {
  const area = xu * yv - xv * yu;
  return {
    xu: yv / area,
    xv: -xv / area,
    x: (xv * y - yv * x) / area,
    yu: -yu / area,
    yv: xu / area,
    y: (yu * x - xu * y) / area,
  };
}
