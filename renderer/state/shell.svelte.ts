/** The window as a whole: which workspace is open, and what reaches over several of them. */
import type { HelpPage } from '../../shared/studio/bridge.ts';
import type { Imported, Picture } from '../../shared/studio/gallery.ts';
import type { Job, Order } from '../../shared/studio/jobs.ts';
import type { Host } from '../host/host.ts';
import { MediaQuery } from 'svelte/reactivity';
import { Action } from './action.svelte.ts';
import { Attacker } from './attacker.svelte.ts';
import { Catalogue } from './catalogue.svelte.ts';
import { DreamDesk } from './desk.svelte.ts';
import { Explainer } from './explainer.svelte.ts';
import { Imports } from './imports.svelte.ts';
import type { PageStorage } from '../host/storage.ts';
import { missingFrom } from './missing.ts';
import { ModelsDesk } from './models-desk.svelte.ts';
import { Networks } from './networks.svelte.ts';
import { Neurons } from './neurons.svelte.ts';
import { greet } from './news.ts';
import { Report } from './report.svelte.ts';
import { Selection } from './selection.svelte.ts';
import { isUnfinished, StudioState } from './studio.svelte.ts';

export const workspaces = ['gallery', 'dream', 'neurons', 'explain', 'attack', 'models'] as const;
export type Workspace = (typeof workspaces)[number];
export type Sheet = 'settings' | 'help' | 'export' | 'compare';

const KEY = 'workspace';

export class Shell {
  readonly host: Host;
  readonly studio: StudioState;
  readonly desk: DreamDesk;
  readonly explainer: Explainer;
  readonly attacker: Attacker;
  readonly neurons: Neurons;
  readonly imports: Imports;
  readonly networks: Networks;
  readonly models: ModelsDesk;
  readonly catalogue: Catalogue;
  readonly report: Report;
  readonly selection = new Selection();
  /** What was asked of the job that is looked at. */
  readonly jobAction = new Action();
  /** What was asked of the gallery. */
  readonly galleryAction = new Action();
  /** Whether the original is shown beside the dream. */
  comparing = $state(false);
  /** The dialog that is open. */
  sheet = $state<Sheet | null>(null);
  /** Of the help, when that is open. */
  helpPage = $state<HelpPage>('keyboard');
  /** What is missing of a recipe that was restored. */
  missing = $state.raw<readonly string[]>([]);
  #workspace = $state<Workspace>('gallery');
  readonly #storage: PageStorage;
  readonly #systemIsDark = new MediaQuery('prefers-color-scheme: dark');

  constructor(host: Host, storage: PageStorage) {
    this.host = host;
    this.#storage = storage;
    this.studio = new StudioState(host);
    this.desk = new DreamDesk(storage);
    this.explainer = new Explainer(host.studio, storage);
    this.attacker = new Attacker(host.studio, storage);
    this.neurons = new Neurons(storage);
    this.imports = new Imports(host);
    this.networks = new Networks(host.studio);
    this.models = new ModelsDesk(storage);
    this.catalogue = new Catalogue(host);
    this.report = new Report(host.studio, navigator.userAgent);
    const remembered = storage.load(KEY);
    this.#workspace = workspaces.find((name) => name === remembered) ?? 'gallery';
  }

  get workspace(): Workspace {
    return this.#workspace;
  }

  get theme(): 'dark' | 'light' {
    const { theme } = this.studio.settings;
    if (theme === 'system') return this.#systemIsDark.current ? 'dark' : 'light';
    return theme;
  }

  go(workspace: Workspace): void {
    this.#workspace = workspace;
    this.#storage.save(KEY, workspace);
  }

  help(page: HelpPage): void {
    this.helpPage = page;
    this.sheet = 'help';
  }

  /** After an update, shows what is new. */
  greet(version: string): Promise<void> {
    return greet({
      version,
      settings: this.studio.settings,
      show: () => this.help('news'),
      change: (change) => this.host.studio.changeSettings(change),
    });
  }

  /** The dream that is looked at. */
  get job(): Job | undefined {
    return this.studio.jobs.get(this.desk.now.job);
  }

  /** The recorded step that is looked at, the newest when none is chosen; `null` at the beginning. */
  get step(): number | null {
    const { frames } = this.job ?? {};
    const step = this.desk.now.step ?? frames?.last ?? 0;
    return frames !== undefined && frames !== null && step >= frames.first
      ? Math.min(step, frames.last)
      : null;
  }

  /** The picture on the desk. */
  get picture(): Picture | undefined {
    return this.studio.pictures.get(this.desk.now.picture);
  }

  /** A layer of a network, in the neuron lab. */
  lookInto(model: string, layer: string): void {
    this.missing = [];
    this.neurons.openIn(model, layer);
    this.go('neurons');
  }

  /** Sets the dream desk up to excite one unit alone. */
  dreamWith(model: string, layer: string, channel: number): void {
    const settings = { ...this.desk.settings, layers: [{ layer, weight: 1 }], channels: [channel] };
    this.desk.change({ model, settings, repeats: null }, 'unit');
    this.go('dream');
  }

  /** What in a photo excites a unit. */
  explainUnit(picture: string, model: string, layer: string, channel: number): void {
    const settings = { ...this.explainer.settings, target: `channel:${layer}/${channel}`, layer: null };
    this.explainer.restore(picture, model, settings);
    this.go('explain');
  }

  /** Starts a visualisation of what the neuron lab names. */
  async visualize(): Promise<void> {
    const job = await this.#start(this.neurons.order(this.studio.settings));
    if (job !== undefined) this.neurons.show(job);
  }

  /** Lays a picture on the explain desk and goes there. */
  explain(picture: string): void {
    this.missing = [];
    this.explainer.open(picture);
    this.go('explain');
  }

  /** Lays a picture on the attack desk and goes there. */
  openAttack(picture: string): void {
    this.missing = [];
    this.attacker.open(picture);
    this.go('attack');
  }

  /** Starts an attack on the picture of the attack desk. */
  async attack(): Promise<void> {
    const job = await this.#start(this.attacker.order(this.studio.settings));
    if (job !== undefined) this.attacker.follow(job.id);
  }

  /** Lays a picture on the desk and goes there. */
  open(picture: string): void {
    this.missing = [];
    this.desk.open(picture);
    this.go('dream');
  }

  /** Looks at a job where its kind is at home. */
  show(job: Job): void {
    switch (job.order.method) {
      case 'visualize':
        this.neurons.show(job);
        this.go('neurons');
        break;
      case 'attack':
        this.attacker.show(job);
        this.go('attack');
        break;
      case 'atlas': {
        const { model, settings } = job.order;
        const id = model ?? this.studio.defaultModel?.id;
        if (id !== undefined && settings.layer !== null) this.lookInto(id, settings.layer);
        break;
      }
      case 'dream':
        this.missing = [];
        this.desk.show(job);
        this.go('dream');
        break;
    }
  }

  /** Shows a dream that was under way when the window was opened. */
  resume(): void {
    const { running } = this.studio;
    if (running === undefined) return;
    if (this.job === undefined || !isUnfinished(this.job)) this.show(running);
    else this.go('dream');
  }

  /** Imports files; a single picture given to the dream desk is laid on it. */
  add(files: readonly File[]): Promise<readonly Imported[]> {
    return this.#receive(this.imports.add(files));
  }

  /** The same for files that the desktop has taken already. */
  async take(offers: readonly string[]): Promise<void> {
    await this.#receive(this.imports.take(offers));
  }

  /** Who has gone elsewhere while files were imported stays there. */
  async #receive(importing: Promise<readonly Imported[]>): Promise<readonly Imported[]> {
    const { workspace: givenIn } = this;
    const imported = await importing;
    const pictures = imported.flatMap((item) => (item.kind === 'picture' ? [item.picture] : []));
    const [only] = pictures;
    if (only !== undefined && pictures.length === 1) {
      this.selection.only(only.id);
      if (this.workspace === 'dream') this.desk.open(only.id);
      if (this.workspace === 'explain') this.explainer.open(only.id);
      if (this.workspace === 'attack') this.attacker.open(only.id);
    }
    const network = imported.findLast((item) => item.kind === 'model');
    if (network !== undefined) this.models.welcome(network.model.id);
    if (this.workspace !== givenIn) return imported;
    if (network !== undefined && pictures.length === 0) this.go('models');
    else if (pictures.length > 1) this.go('gallery');
    return imported;
  }

  /** Starts a dream; `fromStep`: where the step that is looked at ended, else with the picture. */
  async dream(fromStep = false): Promise<void> {
    const job = await this.#start(this.desk.order(this.studio.settings, fromStep ? this.step : null));
    if (job !== undefined) this.desk.change({ job: job.id, step: null }, 'dream');
  }

  /** Queues a job, which is known at once; `undefined` where there is nothing to ask for, or it was refused. */
  async #start(order: Order | undefined): Promise<Job | undefined> {
    if (order === undefined) return undefined;
    const job = await this.jobAction.run(() => this.host.studio.start(order));
    if (job !== undefined) this.studio.jobs.take({ changed: [job], removed: [] }, false);
    return job;
  }

  async pause(job: Job): Promise<void> {
    await this.jobAction.run(() => this.host.studio.pauseJob({ job: job.id }));
  }

  async continue(job: Job): Promise<void> {
    await this.jobAction.run(() => this.host.studio.resumeJob({ job: job.id }));
  }

  async stop(job: Job): Promise<void> {
    await this.jobAction.run(() => this.host.studio.cancelJob({ job: job.id }));
  }

  /** Puts the step that is looked at into the gallery. */
  async keepStep(): Promise<void> {
    const { job } = this.desk.now;
    const { step } = this;
    if (job === null || step === null) return;
    const picture = await this.jobAction.run(() => this.host.studio.keepStep({ job, step }));
    if (picture !== undefined) this.selection.only(picture.id);
  }

  /** Sets a desk up as for a picture that was made here; `further`: starting from the picture itself. */
  async restore(picture: string, further: boolean): Promise<void> {
    const restored = await this.galleryAction.run(() => this.host.studio.recipeOf({ picture }));
    if (restored === undefined) return;
    const { recipe, source, model, files } = restored;
    const start = further ? picture : source;
    this.missing = missingFrom(restored, further);
    switch (recipe.method) {
      case 'explain':
        this.explainer.restore(start, model, recipe.settings);
        this.go('explain');
        break;
      case 'visualize':
        this.neurons.restore(model, recipe.settings);
        this.go('neurons');
        break;
      case 'attack':
        this.attacker.restore(
          start,
          model,
          { ...recipe.settings, mask: files['mask'] ?? null },
          further ? null : (this.studio.jobOf(picture)?.id ?? null),
        );
        this.go('attack');
        break;
      case 'filters':
        if (model !== null) this.neurons.use(model);
        this.go('neurons');
        break;
      case 'dream': {
        const settings = {
          ...recipe.settings,
          guide: files['guide'] ?? null,
          mask: files['mask'] ?? null,
        };
        const repeats = further ? null : picture;
        this.desk.change({ picture: start, model, settings, job: null, step: null, repeats }, 'restore');
        this.go('dream');
        break;
      }
    }
  }

  async remove(pictures: readonly string[]): Promise<void> {
    await this.galleryAction.run(() => this.host.studio.removePictures({ pictures }));
    this.selection.clear();
  }
}
