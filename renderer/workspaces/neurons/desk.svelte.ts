/** The neuron lab's desk: a network, a layer of it, one of its units, and what is being made visible. */
import { defaultsOf, parse } from '../../../shared/recipes/fields.ts';
import { isRecord } from '../../../shared/schema.ts';
import { visualize, type VisualizeSettings } from '../../../shared/recipes/visualize.ts';
import type { Job, Order } from '../../../shared/studio/jobs.ts';
import type { StudioSettings } from '../../../shared/studio/settings.ts';
import type { PageStorage } from '../../host/storage.ts';

const KEY = 'neurons';

export class Neurons {
  /** `null`: the default network. */
  model = $state<string | null>(null);
  /** The output of the network whose classes are meant; `null`: that of its card. */
  output = $state<string | null>(null);
  layer = $state<string | null>(null);
  /** A channel of the layer; `null`: all of them. */
  channel = $state<number | null>(null);
  /** Of the next visualisation. */
  settings = $state.raw<VisualizeSettings>(defaultsOf(visualize));
  /** The visualisation that is looked at instead of a layer or a unit. */
  job = $state<string | null>(null);
  /** The step of it that is looked at; `null`: the newest. */
  step = $state<number | null>(null);
  readonly #storage: PageStorage;

  constructor({ storage }: { readonly storage: PageStorage }) {
    this.#storage = storage;
    const remembered = storage.load(KEY);
    if (!isRecord(remembered)) return;
    const { model, layer, channel } = remembered;
    this.model = typeof model === 'string' ? model : null;
    this.layer = typeof layer === 'string' ? layer : null;
    this.channel = typeof channel === 'number' ? channel : null;
  }

  /** The unit that is looked at, as a target. */
  get target(): string | null {
    const { layer, channel } = this;
    if (layer === null) return null;
    return channel === null ? `layer:${layer}` : `channel:${layer}/${channel}`;
  }

  use(model: string): void {
    if (model === this.model) return;
    this.output = null;
    this.#go({ model, layer: null, channel: null });
  }

  open(layer: string, channel: number | null = null): void {
    this.#go({ model: this.model, layer, channel });
  }

  /** A layer of a network, which may be another one than that looked at. */
  openIn(model: string, layer: string): void {
    if (model !== this.model) this.output = null;
    this.#go({ model, layer, channel: null });
  }

  /** Changes one setting, by its key. @throws usage/option for a value that is not acceptable */
  set(key: string, value: unknown): void {
    this.settings = parse(visualize, { ...this.settings, [key]: value });
  }

  /** Looks at a visualisation, with what it was asked for. */
  show(job: Job): void {
    if (job.order.method !== 'visualize') return;
    this.model = job.order.model;
    this.output = job.order.output ?? null;
    this.settings = job.order.settings;
    this.job = job.id;
    this.step = null;
  }

  /** As a recipe has it. */
  restore({ model, output }: Pick<Neurons, 'model' | 'output'>, settings: VisualizeSettings): void {
    Object.assign(this, { model, output, settings, job: null, layer: null, channel: null });
  }

  /** What to ask the studio for; `undefined` without a target. */
  order({ runtime, device }: Pick<StudioSettings, 'runtime' | 'device'>): Order<'visualize'> | undefined {
    const target = this.settings.target ?? (this.target === null ? null : [this.target]);
    if (target === null) return undefined;
    return {
      method: 'visualize',
      picture: null,
      model: this.model,
      output: this.output,
      runtime,
      device,
      settings: { ...this.settings, target },
      branch: null,
      repeats: null,
    };
  }

  /** The rest of a layer's atlas. */
  atlasOrder(
    { runtime, device }: Pick<StudioSettings, 'runtime' | 'device'>,
    settings: Order<'atlas'>['settings'],
  ): Order<'atlas'> {
    return {
      method: 'atlas',
      picture: null,
      model: this.model,
      runtime,
      device,
      settings,
      branch: null,
      repeats: null,
    };
  }

  #go(place: { model: string | null; layer: string | null; channel: number | null }): void {
    Object.assign(this, place, { job: null, step: null });
    this.settings = { ...this.settings, target: null };
    this.#storage.save(KEY, place);
  }
}
