/** The film desk: a picture, a network, how it is to be filmed, and the film that is looked at. */
import { defaultsOf, parse, parseKept } from '../../../shared/recipes/fields.ts';
import { film, FILM_LONGER_SIDE, type FilmSettings } from '../../../shared/recipes/film.ts';
import type { VideoSettings } from '../../../shared/recipes/video.ts';
import type { Keyframe } from '../../../shared/recipes/keyframes.ts';
import { keyframesIn, textOfKeyframes } from '../../../shared/recipes/kinds.ts';
import { isRecord } from '../../../shared/schema.ts';
import type { Picture } from '../../../shared/studio/gallery.ts';
import type { Job, Order } from '../../../shared/studio/jobs.ts';
import type { Shell } from '../../state/shell.svelte.ts';

const KEY = 'film';
/** A trial has sides of this share of the film's. */
const TRIAL = 1 / 4;

export class FilmDesk {
  /** The gallery picture. */
  picture = $state<string | null>(null);
  /** `null`: the default network. */
  model = $state<string | null>(null);
  settings = $state.raw<FilmSettings>(defaultsOf(film));
  /** The film that is looked at. */
  job = $state<string | null>(null);
  /** Its frame that is looked at, counted from 1; `null`: the newest. */
  frame = $state<number | null>(null);
  playing = $state(false);
  readonly #shell: Shell;

  constructor(shell: Shell) {
    this.#shell = shell;
    const remembered = shell.storage.load(KEY);
    if (!isRecord(remembered)) return;
    const { picture, model, settings, job } = remembered;
    this.picture = typeof picture === 'string' ? picture : null;
    this.model = typeof model === 'string' ? model : null;
    this.job = typeof job === 'string' ? job : null;
    this.settings = parseKept(film, settings, defaultsOf(film));
  }

  /** Lays a picture on the desk, or takes it away. */
  open(picture: string | null): void {
    this.#put({ picture, job: null });
  }

  /** A picture has another name now. */
  rename(from: string, to: string): void {
    if (this.picture === from) this.#put({ picture: to });
  }

  /** Layers are named as the network before called them, so they do not go along. */
  use(model: string): void {
    const keys = this.keys
      .map(({ frame, values: { layers: _layers, ...values } }) => ({ frame, values }))
      .filter(({ values }) => Object.keys(values).length > 0);
    this.#put({ model, settings: { ...this.settings, layers: null, keys: textOf(keys) } });
  }

  /** Changes one setting, by its key. @throws usage/option for a value that is not acceptable */
  set(key: string, value: unknown): void {
    this.#put({ settings: parse(film, { ...this.settings, [key]: value }) });
  }

  /** The key frames, in order. */
  get keys(): readonly Keyframe[] {
    return this.settings.keys === null ? [] : (keyframesIn(film.keys, this.settings.keys) ?? []);
  }

  /** Sets what is keyed at a frame; a frame without any values is no key frame. */
  key(frame: number, values: Keyframe['values']): void {
    const others = this.keys.filter((each) => each.frame !== frame);
    const own = Object.keys(values).length === 0 ? [] : [{ frame, values }];
    this.set('keys', textOf([...others, ...own].sort((a, b) => a.frame - b.frame)));
  }

  /** Looks at a film, with what it was asked for. */
  show({ id, order }: Job): void {
    if (order.method !== 'film') return;
    const { picture, model, settings } = order;
    this.#put({ picture, model, settings, job: id });
  }

  /** As a recipe has it. @param job the film that it came from, where it is still known */
  restore(picture: string | null, model: string | null, settings: FilmSettings, job: string | null): void {
    this.#put({ picture, model, settings, job });
  }

  /** How a video was dreamed on, for a flight that is to look like it: as far as the two have the same settings. */
  resemble(model: string | null, settings: VideoSettings): void {
    const known = Object.fromEntries(
      Object.entries(settings).filter(([key]) => key in film && key !== 'fps'),
    );
    this.#put({ model, settings: parse(film, { ...this.settings, ...known }), job: null });
  }

  /** Looks at a frame; `null`: the newest. */
  look(frame: number | null): void {
    this.frame = frame;
    this.playing = false;
  }

  /** Begins the film. @param trial to see how it will move and grow, at a quarter of its size */
  async start(trial = false): Promise<void> {
    const { studio } = this.#shell;
    const picture = studio.pictures.get(this.picture);
    if (picture === undefined) return;
    const { runtime, device } = studio.settings;
    const settings = trial ? { ...this.settings, size: trialSide(this.settings, picture) } : this.settings;
    const order: Order<'film'> = {
      ...{ method: 'film', picture: picture.id, model: this.model, runtime, device, settings },
      ...{ branch: null, repeats: null },
    };
    const job = await this.#shell.start(order);
    if (job !== undefined) this.#put({ job: job.id });
  }

  #put(change: Partial<Pick<FilmDesk, 'picture' | 'model' | 'settings' | 'job'>>): void {
    if ('job' in change) this.look(null);
    Object.assign(this, change);
    const { picture, model, settings, job } = this;
    this.#shell.storage.save(KEY, { picture, model, settings, job });
  }
}

const textOf = (keys: readonly Keyframe[]): string | null =>
  keys.length === 0 ? null : textOfKeyframes(film.keys, keys);

/** The longer side of a trial, in pixels. */
function trialSide({ size }: FilmSettings, { width, height }: Picture): number {
  const own = Math.min(Math.max(width ?? 0, height ?? 0) || FILM_LONGER_SIDE, FILM_LONGER_SIDE);
  return Math.max(Math.round((size ?? own) * TRIAL), film.size.min);
}
