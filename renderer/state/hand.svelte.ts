/** The picture in hand: what is open goes along from workspace to workspace, so that none asks for it again. */
import type { Picture } from '../../shared/studio/gallery.ts';
import type { PageStorage } from '../host/storage.ts';
import type { Collection } from './collection.svelte.ts';

const KEY = 'hand';

/** What a workspace does with pictures. */
export interface Desk {
  /** The pictures that it shows: the one that goes along first, and what it was made from or became of it. */
  readonly held: readonly (string | null | undefined)[];
  readonly lay: (picture: string) => void;
  /** Whether what it began is still under way. */
  readonly busy: boolean;
}

interface HandOptions {
  readonly storage: PageStorage;
  readonly pictures: Collection<Picture>;
  /** The desk that is open; `undefined` where that takes no pictures. */
  readonly desk: () => Desk | undefined;
}

export class Hand {
  /** What was worked on last; what is worked on now is the open desk's own to say. */
  #last = $state<string | null>(null);
  readonly #options: HandOptions;

  constructor(options: HandOptions) {
    this.#options = options;
    const remembered = options.storage.load(KEY);
    if (typeof remembered === 'string') this.#last = remembered;
  }

  /** `undefined` before anything was opened, and once it is gone. */
  get picture(): Picture | undefined {
    const { desk, pictures } = this.#options;
    for (const id of [...(desk()?.held ?? []), this.#last]) {
      const picture = pictures.get(id ?? null);
      if (picture !== undefined) return picture;
    }
    return undefined;
  }

  /** Lays a picture on the desk that is open; the others get it when they are opened. */
  take(picture: string): void {
    this.#remember(picture);
    this.#options.desk()?.lay(picture);
  }

  /** Brings it along to a desk that is about to be opened; what that began and has not finished stays there. */
  carryTo(desk: Desk | undefined): void {
    const { picture } = this;
    if (picture === undefined) return;
    this.#remember(picture.id);
    if (desk !== undefined && !desk.busy && !desk.held.includes(picture.id)) desk.lay(picture.id);
  }

  rename(from: string, to: string): void {
    if (this.#last === from) this.#remember(to);
  }

  #remember(picture: string): void {
    this.#last = picture;
    this.#options.storage.save(KEY, picture);
  }
}
