/** What may happen to a picture on its way to a network: ranges, and single draws from them. */
import { ReverieError } from '../../../../shared/errors.ts';
import type { Size } from '../../imaging/pixels.ts';
import type { Projective } from '../../ascent/affine.ts';
import { normal, type Random } from '../../ascent/random.ts';
import { homography, type Point, type Quad } from './homography.ts';

/** How far each kind goes; 0 leaves it out. */
export const RANGES = {
  /** Degrees, to either side. */
  rotation: { usual: 20, most: 180 },
  /** The picture appears up to so much larger or smaller: 0.2 is 1/1.2 to 1.2. */
  scale: { usual: 0.2, most: 4 },
  /** Each corner moves by up to so much of its sides. */
  perspective: { usual: 0.05, most: 0.25 },
  /** The whole moves by up to so much of its sides. */
  translation: { usual: 0.05, most: 1 },
  /** Added to every sample, at most. */
  brightness: { usual: 0.1, most: 1 },
  /** Factor about mid-grey, up to 1 ± this. */
  contrast: { usual: 0.2, most: 1 },
  /** Ink on paper: black is lighter, white darker by up to so much, and colours are paler by up to twice that share. */
  gamut: { usual: 0.08, most: 0.5 },
  /** Largest deviation of a Gaussian blur, in pixels of what the network sees. */
  blur: { usual: 1, most: 10 },
  /** Largest deviation of the sensor's noise. */
  noise: { usual: 0.02, most: 1 },
  /** JPEG with a quality of 100 down to 100 minus this. */
  jpeg: { usual: 40, most: 99 },
} as const;

export type Kind = keyof typeof RANGES;
export type Ranges = Readonly<Record<Kind, number>>;

const KINDS: readonly Kind[] = [
  'rotation',
  'scale',
  'perspective',
  'translation',
  'brightness',
  'contrast',
  'gamut',
  'blur',
  'noise',
  'jpeg',
];

const rangesOf = (range: (kind: Kind) => number): Ranges => ({
  rotation: range('rotation'),
  scale: range('scale'),
  perspective: range('perspective'),
  translation: range('translation'),
  brightness: range('brightness'),
  contrast: range('contrast'),
  gamut: range('gamut'),
  blur: range('blur'),
  noise: range('noise'),
  jpeg: range('jpeg'),
});

/**
 * Ranges from text: `none`, nothing for the usual ones, or the kinds that are wanted, such as `rotation:30 blur noise:0.05`.
 *
 * @throws ReverieError `usage/option`
 */
export function parseTransforms(text: string | null): Ranges {
  if (text === null) return rangesOf((kind) => RANGES[kind].usual);
  const given = new Map<Kind, number>();
  for (const word of text.split(/[\s,]+/).filter((part) => part !== '' && part !== 'none')) {
    const [name = '', value] = word.split(':');
    const kind = KINDS.find((known) => known === name);
    const range = kind === undefined ? NaN : value === undefined ? RANGES[kind].usual : Number(value);
    if (kind === undefined || value === '' || !(range >= 0 && range <= RANGES[kind].most)) {
      const most = kind === undefined ? '' : ` with at most ${kind}:${RANGES[kind].most}`;
      throw new ReverieError(
        'usage/option',
        `--transforms must list some of ${KINDS.join(', ')}, such as "rotation:20 blur:1", or say none, not "${word}"${most}.`,
      );
    }
    given.set(kind, range);
  }
  return rangesOf((kind) => given.get(kind) ?? 0);
}

/** One sample of all transforms. `null` is for what does not happen at all, so that no rounding creeps in. */
export interface TransformSample {
  /** From pixels of what is seen to the places in the picture where they come from. */
  readonly camera: Projective | null;
  /** Colours are multiplied by a matrix (row by row), and moved. */
  readonly colour: { readonly matrix: readonly number[]; readonly offset: number } | null;
  /** Deviation in pixels. */
  readonly blur: number;
  readonly noise: Float32Array | null;
  /** JPEG's, from 1 to 100. */
  readonly quality: number | null;
}

/** @param size of the picture, in pixels */
export function sampleTransform(ranges: Ranges, size: Size, next: Random): TransformSample {
  const within = (range: number): number => range * (2 * next() - 1);
  const camera = sampleCamera(ranges, size, within);
  const colour = sampleColour(ranges, next, within);
  const blur = ranges.blur * next();
  const deviation = ranges.noise * next();
  const noise = deviation === 0 ? null : sampleNoise(deviation, 3 * size.width * size.height, next);
  const quality = ranges.jpeg === 0 ? null : Math.round(100 - ranges.jpeg * next());
  return { camera, colour, blur, noise, quality };
}

function sampleNoise(deviation: number, length: number, next: Random): Float32Array {
  const noise = new Float32Array(length);
  for (let i = 0; i < length; i++) noise[i] = deviation * normal(next);
  return noise;
}

/** Where the corners of what is seen lie in the picture says everything about the camera. */
function sampleCamera(ranges: Ranges, size: Size, within: (range: number) => number): Projective | null {
  const { rotation, scale, perspective, translation } = ranges;
  const angle = (within(rotation) * Math.PI) / 180;
  const factor = (1 + scale) ** -within(1);
  const { width, height } = size;
  const [dx, dy] = [within(translation) * width, within(translation) * height];
  const [middle, centre] = [(width - 1) / 2, (height - 1) / 2];
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const seen = cornersOf(size);
  const moved = seen.map(([x, y]): Point => {
    const [u, v] = [(x - middle) * factor, (y - centre) * factor];
    const [px, py] = [within(perspective) * width, within(perspective) * height];
    return [middle + c * u - s * v + dx + px, centre + s * u + c * v + dy + py];
  });
  if (rotation === 0 && scale === 0 && perspective === 0 && translation === 0) return null;
  const [a, b, d, e] = moved;
  if (a === undefined || b === undefined || d === undefined || e === undefined) return null;
  return homography(seen, [a, b, d, e]);
}

/** The corners' pixels, clockwise from the upper left. */
export const cornersOf = ({ width, height }: Size): Quad => [
  [0, 0],
  [width - 1, 0],
  [width - 1, height - 1],
  [0, height - 1],
];

const LUMA = [0.299, 0.587, 0.114];

function sampleColour(
  ranges: Ranges,
  next: Random,
  within: (range: number) => number,
): TransformSample['colour'] {
  const { brightness, contrast, gamut } = ranges;
  const black = gamut * next();
  const white = 1 - gamut * next();
  const pale = 2 * gamut * next();
  const factor = (1 + within(contrast)) * (white - black);
  const light = within(brightness);
  if (brightness === 0 && contrast === 0 && gamut === 0) return null;
  // Contrast turns about mid-grey after the ink has moved it.
  const offset = black + light + (factor - (white - black)) * -0.5;
  const matrix = [0, 1, 2].flatMap((to) =>
    [0, 1, 2].map((from) => factor * ((to === from ? 1 - pale : 0) + pale * (LUMA[from] ?? 0))),
  );
  return { matrix, offset };
}
