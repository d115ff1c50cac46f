/** What carries over between networks: photos and networks to choose, the work, and the matrix that comes of it. */
import { csvOf } from '../../../shared/csv.ts';
import type { AttackSettings } from '../../../shared/recipes/attack.ts';
import type { TransferReport } from '../../../shared/studio/attack.ts';
import type { Studio } from '../../../shared/studio/contract.ts';
import { chosen } from '../../state/chosen.ts';
import { Following } from '../../state/following.svelte.ts';

export class Transfer extends Following {
  /** Ids of gallery pictures, in the order in which they were chosen. */
  pictures = $state.raw<readonly string[]>([]);
  /** Ids of networks; the first one says what the pictures show. */
  models = $state.raw<readonly string[]>([]);
  report = $state.raw<TransferReport | undefined>();
  readonly #studio: Pick<Studio, 'transfer'>;

  constructor(studio: Pick<Studio, 'transfer'>) {
    super();
    this.#studio = studio;
  }

  choosePicture(picture: string, wanted: boolean): void {
    this.pictures = chosen(this.pictures, picture, wanted);
  }

  chooseModel(model: string, wanted: boolean): void {
    this.models = chosen(this.models, model, wanted);
  }

  /** Makes the matrix anew; what there is of an older one stays until then. */
  run(settings: AttackSettings): Promise<void> {
    const { pictures, models } = this;
    const ask = () => this.#studio.transfer({ pictures, models, settings });
    return this.follow(ask, pictures.length * models.length, (report) => (this.report = report));
  }
}

/** The matrix as a table for other programs, by the names of the networks. */
export function transferCsv({ models, fooled, counted }: TransferReport): string {
  const rows = models.flatMap((made, i) =>
    models.map((seen, j) => [made, seen, fooled[i]?.[j] ?? 0, counted[i]?.[j] ?? 0]),
  );
  return csvOf([['made against', 'seen by', 'fooled', 'counted'], ...rows]);
}
