/** A mask as it is painted: one byte a pixel, 255 inside and 0 outside; other values come from pictures that were not painted here. */

/** In pixels of the mask: pixel i covers i to i + 1. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Whole pixels, without `right` and `bottom` themselves. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What is convex has one run of pixels in every row. */
export interface Shape {
  readonly top: number;
  readonly bottom: number;
  /** Where the line at a height begins and ends inside; null where it misses. */
  span(y: number): readonly [left: number, right: number] | null;
}

export const INSIDE = 255;
export const OUTSIDE = 0;

/** From this value on a pixel counts as inside, as where a patch is put. */
export const HALF = 128;

export const NO_BOX: Box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };

export const isEmpty = ({ left, top, right, bottom }: Box): boolean => right <= left || bottom <= top;

/** The smallest box around both. */
export const around = (a: Box, b: Box): Box => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
});

export class MaskBitmap {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array<ArrayBuffer>;

  /** Black, or the values that are given, row by row. */
  constructor(width: number, height: number, data = new Uint8Array(width * height)) {
    this.width = width;
    this.height = height;
    this.data = data;
  }

  get whole(): Box {
    return { left: 0, top: 0, right: this.width, bottom: this.height };
  }

  /** Gives every pixel whose centre lies in a shape a value. @returns where something may have changed */
  fill(shape: Shape, value: number): Box {
    const top = Math.max(0, Math.floor(shape.top));
    const bottom = Math.min(this.height, Math.ceil(shape.bottom));
    let changed = NO_BOX;
    for (let y = top; y < bottom; y++) {
      const span = shape.span(y + 0.5);
      if (span === null) continue;
      const left = Math.max(0, Math.ceil(span[0] - 0.5));
      const right = Math.min(this.width, Math.floor(span[1] - 0.5) + 1);
      if (right <= left) continue;
      this.data.fill(value, y * this.width + left, y * this.width + right);
      changed = around(changed, { left, top: y, right, bottom: y + 1 });
    }
    return changed;
  }

  invert(): void {
    for (let i = 0; i < this.data.length; i++) this.data[i] = INSIDE - (this.data[i] ?? 0);
  }

  /** What lies in a box, row by row. */
  cut({ left, top, right, bottom }: Box): Uint8Array<ArrayBuffer> {
    const piece = new Uint8Array((right - left) * (bottom - top));
    for (let y = top; y < bottom; y++)
      piece.set(
        this.data.subarray(y * this.width + left, y * this.width + right),
        (y - top) * (right - left),
      );
    return piece;
  }

  /** Puts back what was cut out of a box. */
  paste({ left, top, right, bottom }: Box, piece: Uint8Array): void {
    for (let y = top; y < bottom; y++)
      this.data.set(
        piece.subarray((y - top) * (right - left), (y - top + 1) * (right - left)),
        y * this.width + left,
      );
  }

  /** The part of all pixels that are inside. */
  get share(): number {
    let inside = 0;
    for (const value of this.data) if (value >= HALF) inside++;
    return inside / this.data.length;
  }
}

/** What a round brush covers on its way. */
export function stroke(from: Point, to: Point, radius: number): Shape {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const [nx, ny] =
    length === 0 ? [0, 0] : [(-(to.y - from.y) / length) * radius, ((to.x - from.x) / length) * radius];
  // Between the two discs lies a rectangle; the lines that join them are its long sides.
  const sides = [1, -1].map((sign) => ({
    a: { x: from.x + sign * nx, y: from.y + sign * ny },
    b: { x: to.x + sign * nx, y: to.y + sign * ny },
  }));
  return {
    top: Math.min(from.y, to.y) - radius,
    bottom: Math.max(from.y, to.y) + radius,
    span(y) {
      const places = [from, to].flatMap((centre) => discSpan(centre, radius, y) ?? []);
      for (const { a, b } of sides) {
        const part = (y - a.y) / (b.y - a.y);
        if (part >= 0 && part <= 1) places.push(a.x + part * (b.x - a.x));
      }
      return places.length === 0 ? null : [Math.min(...places), Math.max(...places)];
    },
  };
}

/** Between two corners. */
export function rectangle(a: Point, b: Point): Shape {
  const sides = [Math.min(a.x, b.x), Math.max(a.x, b.x)] as const;
  const [top, bottom] = [Math.min(a.y, b.y), Math.max(a.y, b.y)];
  return { top, bottom, span: (y) => (y >= top && y <= bottom ? sides : null) };
}

/** About a centre, through a point. */
export function disc(centre: Point, edge: Point): Shape {
  const radius = Math.hypot(edge.x - centre.x, edge.y - centre.y);
  return {
    top: centre.y - radius,
    bottom: centre.y + radius,
    span: (y) => discSpan(centre, radius, y),
  };
}

function discSpan(centre: Point, radius: number, y: number): [number, number] | null {
  const rest = radius * radius - (y - centre.y) ** 2;
  return rest < 0 ? null : [centre.x - Math.sqrt(rest), centre.x + Math.sqrt(rest)];
}
