/** The attack desk: a picture, a network, how the picture is to be changed, and the attack that is looked at. */
import { relevant } from '../../../shared/attacks/settings.ts';
import type { ClassProbability } from '../../../shared/contract/result.ts';
import { errorData } from '../../../shared/errors.ts';
import { attack, type AttackSettings } from '../../../shared/recipes/attack.ts';
import { defaultsOf, parse, parseKept } from '../../../shared/recipes/fields.ts';
import { isRecord } from '../../../shared/schema.ts';
import type { Studio } from '../../../shared/studio/contract.ts';
import type { Job, Order } from '../../../shared/studio/jobs.ts';
import type { StudioSettings } from '../../../shared/studio/settings.ts';
import type { PageStorage } from '../../host/storage.ts';
import { Transfer } from './transfer.svelte.ts';

const KEY = 'attack';
/** Classes that are offered as targets. */
const TOP = 5;

export interface AttackerOptions {
  readonly host: { readonly studio: Pick<Studio, 'classify' | 'transfer'> };
  readonly storage: PageStorage;
}

export class Attacker {
  /** The gallery picture. */
  picture = $state<string | null>(null);
  /** `null`: the default network. */
  model = $state<string | null>(null);
  /** The output of the network that is meant; `null`: that of its card. */
  output = $state<string | null>(null);
  settings = $state.raw<AttackSettings>(defaultsOf(attack));
  /** The attack that is looked at. */
  job = $state<string | null>(null);
  /** What the network sees in the picture before any attack, likeliest first; `undefined` until it is known. */
  seen = $state.raw<readonly ClassProbability[] | undefined>();
  /** Why that is not known. */
  error = $state<string | null>(null);
  /** It goes on while other workspaces are open. */
  readonly transfer: Transfer;
  readonly #studio: Pick<Studio, 'classify'>;
  readonly #storage: PageStorage;
  /** What `seen` belongs to. */
  #looked = '';

  constructor({ host: { studio }, storage }: AttackerOptions) {
    this.#studio = studio;
    this.#storage = storage;
    this.transfer = new Transfer(studio);
    const remembered = storage.load(KEY);
    if (!isRecord(remembered)) return;
    const { picture, model, output, settings, job } = remembered;
    this.picture = typeof picture === 'string' ? picture : null;
    this.model = typeof model === 'string' ? model : null;
    this.output = typeof output === 'string' ? output : null;
    this.job = typeof job === 'string' ? job : null;
    this.settings = parseKept(attack, settings, defaultsOf(attack));
  }

  /** Lays a picture on the desk, or takes it away; what was to be seen in another one is kept. */
  open(picture: string | null): void {
    if (picture === this.picture && this.job === null) return;
    this.#put({ picture, job: null });
  }

  /** A picture has another name now. */
  rename(from: string, to: string): void {
    if (this.picture === from) this.#put({ picture: to });
  }

  /** Another network is attacked. A number of a class means nothing to it, and it does not help against itself. */
  use(model: string): void {
    const { target } = this.settings;
    const settings = {
      ...this.settings,
      target: target !== null && /^class:\d+$/.test(target) ? null : target,
      ensemble: without(this.allies, model),
      substitute: this.settings.substitute === model ? null : this.settings.substitute,
    };
    this.#put({ model, output: null, settings, job: null });
  }

  /** Another output of the network is attacked, whose classes are others. */
  useOutput(output: string): void {
    this.#put({ output, settings: { ...this.settings, target: null }, job: null });
  }

  /** Changes one setting, by its key. @throws usage/option for a value that is not acceptable */
  set(key: string, value: unknown): void {
    this.#put({ settings: parse(attack, { ...this.settings, [key]: value }) });
  }

  /** The settings that the attack reads; what is hidden from the form for others is kept on the desk, and not asked for. */
  get asked(): AttackSettings {
    return relevant(this.settings);
  }

  /** The further networks that are to be fooled at the same time. */
  get allies(): readonly string[] {
    return (this.settings.ensemble ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  }

  /** Adds a network to those that are to be fooled together, or takes it away. */
  ally(model: string, wanted: boolean): void {
    const others = this.allies.filter((name) => name !== model);
    const names = wanted ? [...others, model] : others;
    this.set('ensemble', names.length === 0 ? null : names.join(','));
  }

  /** Looks at an attack, with what it was asked for. */
  show({ id, order }: Job): void {
    if (order.method !== 'attack') return;
    const { picture, model, output = null, settings } = order;
    this.#put({ picture, model, output, settings, job: id });
  }

  /** As a recipe has it. @param job the attack that it came from, where it is still known */
  restore(
    picture: string | null,
    { model, output }: Pick<Attacker, 'model' | 'output'>,
    settings: AttackSettings,
    job: string | null,
  ): void {
    this.#put({ picture, model, output, settings, job });
  }

  /** An attack has begun. */
  follow(job: string): void {
    this.#put({ job });
  }

  /** What to ask the studio for; `undefined` without a picture. */
  order({ runtime, device }: Pick<StudioSettings, 'runtime' | 'device'>): Order<'attack'> | undefined {
    const { picture, model, output, asked: settings } = this;
    if (picture === null) return undefined;
    return {
      ...{ method: 'attack', picture, model, output, runtime, device, settings },
      ...{ branch: null, repeats: null },
    };
  }

  /** Asks what the network sees, unless that was asked of this picture and network already. */
  async look(): Promise<void> {
    const { picture, model, output } = this;
    const question = JSON.stringify([picture, model, output]);
    if (question === this.#looked) return;
    this.#looked = question;
    this.seen = undefined;
    this.error = null;
    if (picture === null) return;
    const isCurrent = (): boolean => this.#looked === question;
    try {
      const { images } = await this.#studio.classify({ picture, model, output, top: TOP });
      if (isCurrent()) this.seen = images[0]?.classes ?? [];
    } catch (error) {
      if (!isCurrent()) return;
      this.error = errorData(error).message;
      // The next look asks again.
      this.#looked = '';
    }
  }

  #put(change: Partial<Pick<Attacker, 'picture' | 'model' | 'output' | 'settings' | 'job'>>): void {
    Object.assign(this, change);
    const { picture, model, output, settings, job } = this;
    this.#storage.save(KEY, { picture, model, output, settings, job });
  }
}

function without(names: readonly string[], name: string): string | null {
  const rest = names.filter((each) => each !== name);
  return rest.length === 0 ? null : rest.join(',');
}
