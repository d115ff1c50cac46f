/** The window as a whole: its workspaces, which of them is open, and what reaches over several. */
import type { Component } from 'svelte';
import { untrack } from 'svelte';
import { MediaQuery } from 'svelte/reactivity';
import type { JobMethod, RecipeMethod } from '../../shared/methods/registry.ts';
import type { Recipe } from '../../shared/recipes/recipe.ts';
import type { HelpPage } from '../../shared/studio/bridge.ts';
import type { Imported, Mark } from '../../shared/studio/gallery.ts';
import type { Job, Order } from '../../shared/studio/jobs.ts';
import type { Host } from '../host/host.ts';
import type { PageStorage } from '../host/storage.ts';
import type { IconName } from '../view/Icon.svelte';
import { Action } from './action.svelte.ts';
import { Catalogue } from './catalogue.svelte.ts';
import { Hand, type Desk } from './hand.svelte.ts';
import { Imports } from './imports.svelte.ts';
import { missingFrom } from './missing.ts';
import { Networks } from './networks.svelte.ts';
import { greet } from './news.ts';
import { Report } from './report.svelte.ts';
import { Selection } from './selection.svelte.ts';
import { isUnfinished, StudioState } from './studio.svelte.ts';

/** A workspace: all that the rest of the window knows of it. renderer/workspaces/registry.ts lists them. */
export interface Workspace {
  readonly name: string;
  readonly title: string;
  /** The key that opens it, as `KeyboardEvent.key` gives it. */
  readonly key: string;
  readonly component: Component;
  /** What it does with a picture of the gallery. */
  readonly picture?: {
    /** On a button. */
    readonly label: string;
    readonly icon: IconName;
    /** Lays the picture on its desk. */
    readonly lay: (shell: Shell, picture: string) => void;
    /** A picture that it may show has another name now. */
    readonly renamed: (shell: Shell, from: string, to: string) => void;
    /** See {@link Desk}. */
    readonly held: (shell: Shell) => readonly (string | null | undefined)[];
  };
  /** Shows a network that has just come. */
  readonly welcome?: (shell: Shell, model: string) => void;
  /** Shows what these methods made, and is set up by their recipes. No two workspaces open the same method. */
  readonly opens?: {
    readonly [M in JobMethod | RecipeMethod]?: (M extends JobMethod ? ShowsJobs<M> : unknown) &
      (M extends RecipeMethod ? RestoresRecipes<M> : unknown);
  };
  /** The job that is looked at in it. */
  readonly job?: (shell: Shell) => Job | undefined;
  /** What it is for. */
  readonly start?: { readonly ready: (shell: Shell) => boolean; readonly run: (shell: Shell) => unknown };
  /** What can be exported of it now; nothing where that is `undefined`. */
  readonly exports?: (shell: Shell) => Exported | undefined;
  /** Further keys; they are asked for by their own `when`, wherever the window is. */
  readonly shortcuts?: readonly Shortcut[];
}

export interface ShowsJobs<M extends JobMethod> {
  readonly show: (shell: Shell, job: Job, order: Order<M>) => void;
}

export interface RestoresRecipes<M extends RecipeMethod> {
  /** Sets the desk up. */
  readonly restore: (shell: Shell, recipe: Recipe<M>, at: Restored) => void;
  /** Where it can go on from the picture that was made: the words on the button for it. */
  readonly further?: string;
  /** Where it shows the steps of the job that made a picture: the words on the button for it. */
  readonly film?: string;
}

/** What there is of a recipe's files on this machine. */
export interface Restored {
  /** The picture that holds the recipe. */
  readonly picture: string;
  /** The picture to start from: the recipe's own, or the one that holds it, where that is gone on from. */
  readonly start: string | null;
  readonly further: boolean;
  readonly model: string | null;
  /** The output of that network that the recipe is about; `null`: that of its card. */
  readonly output: string | null;
  readonly files: Readonly<Record<string, string | null>>;
}

export interface Exported {
  /** Ids of gallery pictures. */
  readonly pictures: readonly string[];
  /** Whose steps are a film. */
  readonly job: Job | undefined;
}

export interface Shortcut {
  /** As `KeyboardEvent.key` gives it, with `Mod+` for Ctrl or ⌘, and `Shift+`. */
  readonly keys: string;
  /** What it does, for the help sheet. */
  readonly label: string;
  /** Whether it does anything now. */
  readonly when?: (shell: Shell) => boolean;
  /** Absent for a key that a component handles itself. */
  readonly run?: (shell: Shell) => void;
}

export type Sheet = 'settings' | 'help' | 'export' | 'compare';

const KEY = 'workspace';

export class Shell {
  readonly host: Host;
  readonly storage: PageStorage;
  readonly workspaces: readonly Workspace[];
  readonly studio: StudioState;
  readonly imports: Imports;
  readonly networks: Networks;
  readonly catalogue: Catalogue;
  readonly report: Report;
  readonly selection = new Selection();
  readonly hand: Hand;
  /** What was asked of the job that is looked at. */
  readonly jobAction = new Action();
  /** What was asked of the gallery. */
  readonly galleryAction = new Action();
  /** The dialog that is open. */
  sheet = $state<Sheet | null>(null);
  /** Of the help, when that is open. */
  helpPage = $state<HelpPage>('keyboard');
  /** What is missing of a recipe that was restored. */
  missing = $state.raw<readonly string[]>([]);
  #workspace = $state.raw<Workspace>();
  /** How often a workspace was opened. */
  #moves = 0;
  readonly #desks = new Map<unknown, object>();
  readonly #systemIsDark = new MediaQuery('prefers-color-scheme: dark');

  /** @param workspaces in the order of their tabs; the first is where the window begins */
  constructor(host: Host, storage: PageStorage, workspaces: readonly Workspace[]) {
    this.host = host;
    this.storage = storage;
    this.workspaces = workspaces;
    this.studio = new StudioState(host);
    this.imports = new Imports(host);
    this.networks = new Networks(host.studio);
    this.catalogue = new Catalogue(host);
    this.report = new Report(host.studio, navigator.userAgent);
    this.hand = new Hand({
      storage,
      pictures: this.studio.pictures,
      desk: () => this.#deskOf(this.workspace),
    });
    const remembered = storage.load(KEY);
    this.#workspace = workspaces.find(({ name }) => name === remembered);
  }

  /** The workspace that is open. */
  get workspace(): Workspace {
    return this.#workspace ?? this.#home;
  }

  get #home(): Workspace {
    const [first] = this.workspaces;
    if (first === undefined) throw new Error('The window has no workspaces.');
    return first;
  }

  /** The one desk of its kind in this window, made when it is first asked for. */
  desk<Desk extends object>(Kind: new (shell: Shell) => Desk): Desk {
    const known = this.#desks.get(Kind);
    if (known instanceof Kind) return known;
    // Whoever asks may be computing something, and does not depend on how the desk begins.
    const desk = untrack(() => new Kind(this));
    this.#desks.set(Kind, desk);
    return desk;
  }

  get theme(): 'dark' | 'light' {
    const { theme } = this.studio.settings;
    if (theme === 'system') return this.#systemIsDark.current ? 'dark' : 'light';
    return theme;
  }

  /** Opens a workspace, as it was left but for the picture in hand. */
  go(name: string): void {
    this.hand.carryTo(this.#deskOf(this.#named(name)));
    this.#enter(name);
  }

  /** Opens a workspace whose desk has just been set up. @param missing what was wanted for that and is not there, in sentences */
  arrive(name: string, missing: readonly string[] = []): void {
    this.missing = missing;
    this.#enter(name);
  }

  #deskOf({ picture, job }: Workspace): Desk | undefined {
    if (picture === undefined) return undefined;
    const begun = job?.(this);
    return {
      held: picture.held(this),
      lay: (id) => picture.lay(this, id),
      busy: begun !== undefined && isUnfinished(begun),
    };
  }

  #enter(name: string): void {
    this.#moves += 1;
    this.#workspace = this.#named(name);
    this.storage.save(KEY, name);
  }

  #named(name: string): Workspace {
    const workspace = this.workspaces.find((each) => each.name === name);
    if (workspace === undefined) throw new Error(`There is no workspace "${name}".`);
    return workspace;
  }

  /** The workspaces that do something with a picture, the first for choice first. */
  get takers(): readonly (Workspace & Required<Pick<Workspace, 'picture'>>)[] {
    return this.workspaces.filter(
      (each): each is Workspace & Required<Pick<Workspace, 'picture'>> => each.picture !== undefined,
    );
  }

  /** Lays a picture on a desk and goes there. */
  open(picture: string, name = this.takers[0]?.name ?? this.#home.name): void {
    this.#named(name).picture?.lay(this, picture);
    this.arrive(name);
  }

  /** Where what a method made is opened, and how. */
  openerOf(
    method: JobMethod | RecipeMethod,
  ): { workspace: Workspace; opening: Partial<ShowsJobs<never> & RestoresRecipes<never>> } | undefined {
    for (const workspace of this.workspaces) {
      const opening = workspace.opens?.[method];
      if (opening !== undefined) return { workspace, opening };
    }
    return undefined;
  }

  /** Looks at a job where its method is at home. */
  show(job: Job): void {
    const { workspace, opening } = this.openerOf(job.order.method) ?? {};
    if (workspace === undefined || opening?.show === undefined) return;
    // A method and its opening belong together.
    opening.show(this, job, job.order as never);
    this.arrive(workspace.name);
  }

  /** Shows what was under way when the window was opened, unless another job of its kind, not finished either, is looked at. */
  resume(): void {
    const { running } = this.studio;
    if (running === undefined) return;
    const { workspace } = this.openerOf(running.order.method) ?? {};
    const looked = workspace?.job?.(this);
    if (workspace !== undefined && looked !== undefined && isUnfinished(looked)) this.go(workspace.name);
    else this.show(running);
  }

  /** Sets a desk up as for a picture that was made here; `further`: starting from the picture itself. */
  async restore(picture: string, further: boolean): Promise<void> {
    const restored = await this.galleryAction.run(() => this.host.studio.recipeOf({ picture }));
    if (restored === undefined) return;
    const { recipe, source, model, output, files } = restored;
    const { workspace, opening } = this.openerOf(recipe.method) ?? {};
    if (workspace === undefined) return;
    const start = further ? picture : source;
    opening?.restore?.(this, recipe as never, { picture, start, further, model, output, files });
    this.arrive(workspace.name, missingFrom(restored, further));
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

  /** Imports files, wherever they are given; a single picture is taken in hand. */
  add(files: readonly File[]): Promise<readonly Imported[]> {
    return this.#receive(this.imports.add(files));
  }

  /** The same for files that the desktop has taken already. */
  async take(offers: readonly string[]): Promise<void> {
    await this.#receive(this.imports.take(offers));
  }

  /** Who has gone elsewhere while files were imported stays there, be it the workspace that they were given in. */
  async #receive(importing: Promise<readonly Imported[]>): Promise<readonly Imported[]> {
    const moves = this.#moves;
    const imported = await importing;
    const pictures = imported.flatMap((item) => (item.kind === 'picture' ? [item.picture] : []));
    const [only] = pictures;
    if (only !== undefined && pictures.length === 1) {
      this.selection.only(only.id);
      this.hand.take(only.id);
    }
    const network = imported.findLast((item) => item.kind === 'model');
    const host = this.workspaces.find(({ welcome }) => welcome !== undefined);
    if (network !== undefined) host?.welcome?.(this, network.model.id);
    if (this.#moves !== moves) return imported;
    if (network !== undefined && host !== undefined && pictures.length === 0) this.go(host.name);
    else if (pictures.length > 1) this.go(this.#home.name);
    return imported;
  }

  /** Does what the open workspace is for. */
  begin(): void {
    void this.workspace.start?.run(this);
  }

  /** Queues a job, which is known at once; `undefined` where there is nothing to ask for, or it was refused. */
  async start(order: Order | undefined): Promise<Job | undefined> {
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

  /** Gives pictures stars, or a label. */
  async mark(pictures: readonly string[], change: Partial<Mark>): Promise<void> {
    await this.galleryAction.run(() => this.host.studio.markPictures({ pictures, ...change }));
  }

  /** Calls a picture something else, also wherever it is open. */
  async rename(picture: string, name: string): Promise<void> {
    const renamed = await this.galleryAction.run(() => this.host.studio.renamePicture({ picture, name }));
    if (renamed === undefined || renamed.id === picture) return;
    this.studio.pictures.take({ changed: [renamed], removed: [picture] }, false);
    for (const { picture: desk } of this.workspaces) desk?.renamed(this, picture, renamed.id);
    this.hand.rename(picture, renamed.id);
    if (this.selection.has(picture)) this.selection.only(renamed.id);
  }

  async remove(pictures: readonly string[]): Promise<void> {
    await this.galleryAction.run(() => this.host.studio.removePictures({ pictures }));
    this.selection.clear();
  }
}
