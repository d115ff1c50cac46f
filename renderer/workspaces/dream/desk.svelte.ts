/**
 * The dream desk: the picture, the network and the settings of the next dream, and the dream and step that are looked at. Every
 * change can be undone, and the desk is as it was when the window is opened again.
 */
import { dream, type DreamSettings } from '../../../shared/recipes/dream.ts';
import { defaultsOf, parse } from '../../../shared/recipes/fields.ts';
import { isRecord } from '../../../shared/schema.ts';
import type { Job, Order } from '../../../shared/studio/jobs.ts';
import type { StudioSettings } from '../../../shared/studio/settings.ts';
import { History } from './history.svelte.ts';
import type { PageStorage } from '../../host/storage.ts';

interface Desk {
  /** The gallery picture to start from. */
  readonly picture: string | null;
  /** `null`: the default network. */
  readonly model: string | null;
  readonly settings: DreamSettings;
  /** The dream that is looked at; `null`: the picture itself. */
  readonly job: string | null;
  /** The step of that dream that is looked at; `null`: the newest. 0 is what it started from. */
  readonly step: number | null;
  /** The gallery picture whose recipe this is, until the picture changes. */
  readonly repeats: string | null;
}

const KEY = 'desk';

export class DreamDesk {
  #now = $state.raw<Desk>(emptyDesk());
  readonly #history = new History<Desk>();
  readonly #storage: PageStorage;
  readonly #clock: () => number;

  constructor({ storage }: { readonly storage: PageStorage }, clock: () => number = () => performance.now()) {
    this.#storage = storage;
    this.#clock = clock;
    this.#now = readDesk(storage.load(KEY)) ?? emptyDesk();
  }

  get now(): Desk {
    return this.#now;
  }

  get settings(): DreamSettings {
    return this.#now.settings;
  }

  /** Changes of one `kind` in quick succession are undone together. */
  change(patch: Partial<Desk>, kind: string): void {
    this.#history.record(this.#now, kind, this.#clock());
    this.#go({ ...this.#now, ...patch });
  }

  /** Changes one setting, by its key. @throws usage/option for a value that is not acceptable */
  set(key: string, value: unknown): void {
    this.change({ settings: parse(dream, { ...this.settings, [key]: value }) }, `setting ${key}`);
  }

  /** Lays a picture on the desk, with the settings as they are. */
  open(picture: string): void {
    if (picture === this.#now.picture && this.#now.job === null) return;
    this.change({ picture, job: null, step: null, repeats: null }, 'open');
  }

  /** A picture has another name now, which is nothing to be undone. */
  rename(from: string, to: string): void {
    const { picture, repeats } = this.#now;
    if (picture !== from && repeats !== from) return;
    const named = (id: string | null): string | null => (id === from ? to : id);
    this.#go({ ...this.#now, picture: named(picture), repeats: named(repeats) });
  }

  /** Looks at a dream, with what it was asked for. */
  show(job: Job): void {
    if (job.order.method !== 'dream') return;
    const { picture, model, settings, repeats } = job.order;
    this.change({ picture, model, settings, repeats, job: job.id, step: null }, 'show');
  }

  /** As a recipe has it. @param repeats the picture that holds it, unless the dream goes on from that */
  restore(
    picture: string | null,
    model: string | null,
    settings: DreamSettings,
    repeats: string | null,
  ): void {
    this.change({ picture, model, settings, job: null, step: null, repeats }, 'restore');
  }

  /** Sets it up to excite one unit alone. */
  excite(model: string, layer: string, channel: number): void {
    const settings = { ...this.settings, layers: [{ layer, weight: 1 }], channels: [channel] };
    this.change({ model, settings, repeats: null }, 'unit');
  }

  /** Looks at a step: not worth an undo of its own for every one that is passed over. */
  look(step: number | null): void {
    if (step !== this.#now.step) this.change({ step }, 'step');
  }

  get canUndo(): boolean {
    return this.#history.canUndo;
  }

  get canRedo(): boolean {
    return this.#history.canRedo;
  }

  undo(): void {
    const state = this.#history.undo(this.#now);
    if (state !== undefined) this.#go(state);
  }

  redo(): void {
    const state = this.#history.redo(this.#now);
    if (state !== undefined) this.#go(state);
  }

  /** What to ask the studio for; `undefined` without a picture. `step`: begin where that step of the dream looked at ended. */
  order(
    execution: Pick<StudioSettings, 'runtime' | 'device'>,
    step: number | null,
  ): Order<'dream'> | undefined {
    const { picture, model, settings, job, repeats } = this.#now;
    if (picture === null) return undefined;
    const branch = job !== null && step !== null && step > 0 ? { job, step } : null;
    const { runtime, device } = execution;
    return { method: 'dream', picture, model, settings, branch, repeats, runtime, device };
  }

  #go(state: Desk): void {
    this.#now = state;
    this.#storage.save(KEY, state);
  }
}

function emptyDesk(): Desk {
  return { picture: null, model: null, settings: defaultsOf(dream), job: null, step: null, repeats: null };
}

/** A desk from an earlier run of the program; what no longer fits is left out. */
function readDesk(value: unknown): Desk | undefined {
  if (!isRecord(value)) return undefined;
  const text = (key: string): string | null => (typeof value[key] === 'string' ? value[key] : null);
  const step = value['step'];
  try {
    return {
      picture: text('picture'),
      model: text('model'),
      settings: parse(dream, value['settings']),
      job: text('job'),
      step: typeof step === 'number' ? step : null,
      repeats: text('repeats'),
    };
  } catch {
    return undefined;
  }
}
