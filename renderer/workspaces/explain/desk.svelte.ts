/** The explain desk: a picture, a network, what is asked of them, and the latest answer. */
import type { ModelInfo } from '../../../shared/contract/models.ts';
import type { StudioRequest } from '../../../shared/studio/contract.ts';
import { explain, type ExplainSettings } from '../../../shared/recipes/explain.ts';
import { defaultsOf, parse, parseKept } from '../../../shared/recipes/fields.ts';
import { isRecord } from '../../../shared/schema.ts';
import type { Studio } from '../../../shared/studio/contract.ts';
import type { Explanation } from '../../../shared/studio/explain.ts';
import type { PageStorage } from '../../host/storage.ts';
import { Following } from '../../state/following.svelte.ts';
import { Measuring } from './measuring.svelte.ts';

const KEY = 'explain';

/** What a first visitor should see: where the evidence lies, and how it looks. */
const FIRST: ExplainSettings = { ...defaultsOf(explain), method: ['guided-backprop', 'grad-cam'] };
/** The same of a network without gates, such as a transformer: guided backpropagation says nothing there. */
const UNGATED: ExplainSettings['method'] = ['gradient', 'grad-cam'];

export interface ExplainerOptions {
  readonly host: { readonly studio: Pick<Studio, 'explain' | 'measure'> };
  readonly storage: PageStorage;
}

export class Explainer extends Following {
  /** The gallery picture. */
  picture = $state<string | null>(null);
  /** `null`: the default network. */
  model = $state<string | null>(null);
  /** The output of the network that is meant; `null`: that of its card. */
  output = $state<string | null>(null);
  settings = $state.raw<ExplainSettings>(FIRST);
  /** Of the maps over the picture. */
  opacity = $state(1);
  result = $state.raw<Explanation | undefined>();
  readonly #studio: Pick<Studio, 'explain'>;
  readonly #storage: PageStorage;
  /** Over several pictures. */
  readonly measuring: Measuring;

  constructor({ host, storage }: ExplainerOptions) {
    super();
    this.#studio = host.studio;
    this.measuring = new Measuring(host.studio);
    this.#storage = storage;
    const remembered = storage.load(KEY);
    if (!isRecord(remembered)) return;
    const { picture, model, output, settings } = remembered;
    this.picture = typeof picture === 'string' ? picture : null;
    this.model = typeof model === 'string' ? model : null;
    this.output = typeof output === 'string' ? output : null;
    this.settings = parseKept(explain, settings, FIRST);
  }

  /** What would be asked; `undefined` without a picture. */
  get request(): StudioRequest<'explain'> | undefined {
    const { picture, model, output, settings } = this;
    return picture === null ? undefined : { picture, model, output, settings };
  }

  /** Lays a picture on the desk; what was asked of another one's class is not asked of it. */
  open(picture: string): void {
    if (picture === this.picture) return;
    this.picture = picture;
    this.settings = { ...this.settings, target: null };
    this.#changed();
  }

  /** A picture has another name now; what was answered stays. */
  rename(from: string, to: string): void {
    if (this.picture !== from) return;
    this.picture = to;
    this.#save();
  }

  /** Asks another network, or about another of its outputs. */
  use(model: string | null, output: string | null = null): void {
    Object.assign(this, { model, output });
    this.settings = { ...this.settings, target: null, layer: null };
    this.#changed();
  }

  /** Takes the first methods that suit a network, unless others were chosen. */
  suit({ gated }: Pick<ModelInfo, 'gated'>): void {
    const method = gated ? FIRST.method : UNGATED;
    const [now, other] = [this.settings.method, gated ? UNGATED : FIRST.method].map(String);
    if (now === other) this.set('method', method);
  }

  /** Changes one setting, by its key. @throws usage/option for a value that is not acceptable */
  set(key: string, value: unknown): void {
    this.settings = parse(explain, { ...this.settings, [key]: value });
    this.#changed();
  }

  /** As a recipe has it. */
  restore(
    picture: string | null,
    { model, output }: Pick<Explainer, 'model' | 'output'>,
    settings: ExplainSettings,
  ): void {
    Object.assign(this, { picture, model, output, settings });
    this.#changed();
  }

  /** Sets it up to show what in a photo excites a unit. */
  explainUnit(picture: string, model: string, layer: string, channel: number): void {
    const target = `channel:${layer}/${channel}`;
    this.restore(picture, { model, output: null }, { ...this.settings, target, layer: null });
  }

  /** Asks; whatever was being asked before is dropped. */
  async run(): Promise<void> {
    const { request } = this;
    if (request === undefined) this.stop();
    else
      await this.follow(
        () => this.#studio.explain(request),
        0,
        (result) => (this.result = result),
      );
  }

  #changed(): void {
    this.stop();
    this.result = undefined;
    this.#save();
  }

  #save(): void {
    const { picture, model, output, settings } = this;
    this.#storage.save(KEY, { picture, model, output, settings });
  }
}
