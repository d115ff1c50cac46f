/** Methods measured over several pictures: what is chosen, the work, and the table that comes of it. */
import type { ExplainSettings } from '../../../shared/recipes/explain.ts';
import type { Studio } from '../../../shared/studio/contract.ts';
import type { MeasuredPictures } from '../../../shared/studio/explain.ts';
import { chosen } from '../../state/chosen.ts';
import { Following } from '../../state/following.svelte.ts';

export class Measuring extends Following {
  /** Ids of gallery pictures, in the order in which they were chosen. */
  pictures = $state.raw<readonly string[]>([]);
  result = $state.raw<MeasuredPictures | undefined>();
  readonly #studio: Pick<Studio, 'measure'>;

  constructor(studio: Pick<Studio, 'measure'>) {
    super();
    this.#studio = studio;
  }

  choose(picture: string, wanted: boolean): void {
    this.pictures = chosen(this.pictures, picture, wanted);
  }

  /** Measures anew; what there is of an older table stays until then. */
  run(pictures: readonly string[], model: string | null, settings: ExplainSettings): Promise<void> {
    const ask = () => this.#studio.measure({ pictures, model, settings });
    return this.follow(ask, 0, (result) => (this.result = result));
  }
}
