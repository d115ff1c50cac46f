/** How a film moves: what its settings are at a frame, and from where in the frame before a pixel of the next one comes. */
import { film, type FilmSettings } from '../../../../shared/recipes/film.ts';
import { betweenKeys, type Between, type Keyframe } from '../../../../shared/recipes/keyframes.ts';
import { keyframesIn, type WeightedLayer } from '../../../../shared/recipes/kinds.ts';
import { chain, rotation, shift, stretch, type Affine } from '../../ascent/affine.ts';
import type { Size } from '../../imaging/pixels.ts';

type Layers = readonly WeightedLayer[];

/** What holds on the way to one frame. */
interface Moment {
  readonly zoom: number;
  readonly rotate: number;
  readonly panX: number;
  readonly panY: number;
  /** Size of a gradient step, in grey levels. */
  readonly rate: number;
  readonly layers: Between<Layers>;
}

/** The settings of a film as they are at each of its frames. */
export class Motion {
  readonly #settings: FilmSettings;
  readonly #layers: Layers;
  readonly #keys: readonly Keyframe[];

  /** @param layers those that are dreamed on where no key frame names others */
  constructor(settings: FilmSettings, layers: Layers) {
    this.#settings = settings;
    this.#layers = layers;
    this.#keys = settings.keys === null ? [] : (keyframesIn(film.keys, settings.keys) ?? []);
  }

  /** All layers that are dreamed on at some time. */
  get layers(): readonly Layers[] {
    const keyed = this.#keys.flatMap(({ values }) =>
      values['layers'] === undefined ? [] : [values['layers'] as Layers],
    );
    return keyed.length === 0 ? [this.#layers] : keyed;
  }

  /** @param frame counted from 1 */
  at(frame: number): Moment {
    const number = (name: 'rotate' | 'panX' | 'panY' | 'rate'): number => {
      const { from, to, share } = betweenKeys(this.#keys, name, frame, this.#settings[name]);
      return from + share * (to - from);
    };
    const zoom = betweenKeys(this.#keys, 'zoom', frame, this.#settings.zoom);
    return {
      // Zooms multiply, so half way between 1 and 1.21 is 1.1.
      zoom: zoom.from * (zoom.to / zoom.from) ** zoom.share,
      rotate: number('rotate'),
      panX: number('panX'),
      panY: number('panY'),
      rate: number('rate'),
      layers: betweenKeys(this.#keys, 'layers', frame, this.#layers),
    };
  }

  /** From a pixel of a frame to its place in the frame before. */
  step(frame: number, { width, height }: Size): Affine {
    const { zoom, rotate, panX, panY } = this.at(frame);
    const [x, y] = [(width - 1) / 2, (height - 1) / 2];
    const percent = Math.max(width, height) / 100;
    return chain(
      shift(-x, -y),
      rotation(-rotate),
      stretch(1 / zoom),
      shift(x + panX * percent, y + panY * percent),
    );
  }

  /** From a pixel of a frame to its place in an earlier one. */
  since(earlier: number, frame: number, size: Size): Affine {
    let map = shift(0, 0);
    for (let t = frame; t > earlier; t--) map = chain(map, this.step(t, size));
    return map;
  }
}
