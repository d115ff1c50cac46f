/** The explain desk: a picture, a network, what is asked of them, and the latest answer. */
import type { StudioRequest } from '../../../shared/studio/contract.ts';
import { errorData } from '../../../shared/errors.ts';
import { explain, type ExplainSettings } from '../../../shared/recipes/explain.ts';
import { defaultsOf, parse } from '../../../shared/recipes/fields.ts';
import { until } from '../../../shared/relay.ts';
import { isRecord } from '../../../shared/schema.ts';
import type { Studio } from '../../../shared/studio/contract.ts';
import type { Explanation } from '../../../shared/studio/explain.ts';
import type { PageStorage } from '../../host/storage.ts';

const KEY = 'explain';

/** What a first visitor should see: where the evidence lies, and how it looks. */
const FIRST: ExplainSettings = { ...defaultsOf(explain), method: ['guided-backprop', 'grad-cam'] };

export interface ExplainerOptions {
  readonly host: { readonly studio: Pick<Studio, 'explain'> };
  readonly storage: PageStorage;
}

export class Explainer {
  /** The gallery picture. */
  picture = $state<string | null>(null);
  /** `null`: the default network. */
  model = $state<string | null>(null);
  settings = $state.raw<ExplainSettings>(FIRST);
  /** Of the maps over the picture. */
  opacity = $state(1);
  result = $state.raw<Explanation | undefined>();
  /** How far the running explanation is; `undefined` while none runs. */
  progress = $state.raw<{ step: number; of: number } | undefined>();
  error = $state<string | null>(null);
  readonly #studio: Pick<Studio, 'explain'>;
  readonly #storage: PageStorage;
  /** Leaves the stream of the one that runs. */
  #leave: AbortController | undefined;

  constructor({ host, storage }: ExplainerOptions) {
    this.#studio = host.studio;
    this.#storage = storage;
    const remembered = storage.load(KEY);
    if (!isRecord(remembered)) return;
    const { picture, model, settings } = remembered;
    this.picture = typeof picture === 'string' ? picture : null;
    this.model = typeof model === 'string' ? model : null;
    this.settings = settingsFrom(settings);
  }

  /** What would be asked; `undefined` without a picture. */
  get request(): StudioRequest<'explain'> | undefined {
    const { picture, model, settings } = this;
    return picture === null ? undefined : { picture, model, settings };
  }

  get busy(): boolean {
    return this.progress !== undefined;
  }

  /** Lays a picture on the desk; what was asked of another one's class is not asked of it. */
  open(picture: string): void {
    if (picture === this.picture) return;
    this.picture = picture;
    this.settings = { ...this.settings, target: null };
    this.#changed();
  }

  use(model: string): void {
    this.model = model;
    this.settings = { ...this.settings, target: null, layer: null };
    this.#changed();
  }

  /** Changes one setting, by its key. @throws usage/option for a value that is not acceptable */
  set(key: string, value: unknown): void {
    this.settings = parse(explain, { ...this.settings, [key]: value });
    this.#changed();
  }

  /** As a recipe has it. */
  restore(picture: string | null, model: string | null, settings: ExplainSettings): void {
    Object.assign(this, { picture, model, settings });
    this.#changed();
  }

  /** Sets it up to show what in a photo excites a unit. */
  explainUnit(picture: string, model: string, layer: string, channel: number): void {
    this.restore(picture, model, { ...this.settings, target: `channel:${layer}/${channel}`, layer: null });
  }

  /** Asks; whatever was being asked before is dropped. */
  async run(): Promise<void> {
    this.stop();
    const { request } = this;
    if (request === undefined) return;
    const { signal } = (this.#leave = new AbortController());
    this.error = null;
    this.progress = { step: 0, of: 0 };
    try {
      for await (const event of until(this.#studio.explain(request), signal)) {
        if (event.kind === 'started') this.progress = { step: 0, of: event.steps };
        else if (event.kind === 'step') this.progress = { step: event.step, of: event.of };
        else this.result = event.result;
      }
    } catch (error) {
      this.error = errorData(error).message;
    } finally {
      if (!signal.aborted) this.progress = undefined;
    }
  }

  stop(): void {
    this.#leave?.abort();
    this.progress = undefined;
  }

  #changed(): void {
    this.stop();
    this.result = undefined;
    const { picture, model, settings } = this;
    this.#storage.save(KEY, { picture, model, settings });
  }
}

function settingsFrom(value: unknown): ExplainSettings {
  try {
    return isRecord(value) ? parse(explain, value) : FIRST;
  } catch {
    return FIRST;
  }
}
