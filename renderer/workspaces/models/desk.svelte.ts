/** What is looked at in the models workspace, and the photo that networks are tested on. */
import { isRecord } from '../../../shared/schema.ts';
import type { PageStorage } from '../../host/storage.ts';

/** A page of the workspace: an installed network (`null`: the default), or an entry of the catalogue (`null`: all of them). */
type ModelsPage =
  | { readonly kind: 'installed'; readonly model: string | null }
  | { readonly kind: 'catalogue'; readonly entry: string | null };

const modelTabs = ['overview', 'layers', 'map'] as const;
type ModelTab = (typeof modelTabs)[number];

const KEY = 'models';

export class ModelsDesk {
  page = $state.raw<ModelsPage>({ kind: 'installed', model: null });
  /** Stays when another network is looked at, so that two can be compared. */
  tab = $state<ModelTab>('overview');
  /** A picture of the gallery; `null` before one was chosen. */
  photo = $state<string | null>(null);
  readonly #storage: PageStorage;

  constructor({ storage }: { readonly storage: PageStorage }) {
    this.#storage = storage;
    const remembered = storage.load(KEY);
    if (isRecord(remembered) && typeof remembered['photo'] === 'string') this.photo = remembered['photo'];
  }

  open(model: string): void {
    this.page = { kind: 'installed', model };
  }

  offer(entry: string | null): void {
    this.page = { kind: 'catalogue', entry };
  }

  /** A network that has just come: what matters is what it was taken for. */
  welcome(model: string): void {
    this.open(model);
    this.tab = 'overview';
  }

  testOn(photo: string): void {
    this.photo = photo;
    this.#storage.save(KEY, { photo });
  }
}
