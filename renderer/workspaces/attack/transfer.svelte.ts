/** What carries over between networks: photos and networks to choose, the work, and the matrix that comes of it. */
import { errorData } from '../../../shared/errors.ts';
import type { AttackSettings } from '../../../shared/recipes/attack.ts';
import { until } from '../../../shared/relay.ts';
import type { TransferReport } from '../../../shared/studio/attack.ts';
import type { Studio } from '../../../shared/studio/contract.ts';

export class Transfer {
  /** Ids of gallery pictures, in the order in which they were chosen. */
  pictures = $state.raw<readonly string[]>([]);
  /** Ids of networks; the first one says what the pictures show. */
  models = $state.raw<readonly string[]>([]);
  /** How far it is; `undefined` while nothing runs. */
  progress = $state.raw<{ step: number; of: number } | undefined>();
  report = $state.raw<TransferReport | undefined>();
  error = $state<string | null>(null);
  readonly #studio: Pick<Studio, 'transfer'>;
  /** Leaves the stream of the one that runs. */
  #leave: AbortController | undefined;

  constructor(studio: Pick<Studio, 'transfer'>) {
    this.#studio = studio;
  }

  get busy(): boolean {
    return this.progress !== undefined;
  }

  choosePicture(picture: string, wanted: boolean): void {
    this.pictures = chosen(this.pictures, picture, wanted);
  }

  chooseModel(model: string, wanted: boolean): void {
    this.models = chosen(this.models, model, wanted);
  }

  /** Makes the matrix anew. */
  async run(settings: AttackSettings): Promise<void> {
    this.stop();
    const stream = this.#studio.transfer({ pictures: this.pictures, models: this.models, settings });
    const { signal } = (this.#leave = new AbortController());
    this.error = null;
    this.progress = { step: 0, of: this.pictures.length * this.models.length };
    try {
      for await (const event of until(stream, signal)) {
        if (event.kind === 'step') this.progress = { step: event.step, of: event.of };
        else if (event.kind === 'done') this.report = event.result;
      }
    } catch (error) {
      this.error = errorData(error).message;
    } finally {
      if (!signal.aborted) this.progress = undefined;
    }
  }

  /** What there is of an older matrix stays. */
  stop(): void {
    this.#leave?.abort();
    this.progress = undefined;
  }
}

/** The matrix as a table for other programs, by the names of the networks. */
export function transferCsv({ models, fooled, counted }: TransferReport): string {
  const rows = models.flatMap((made, i) =>
    models.map((seen, j) => [made, seen, fooled[i]?.[j] ?? 0, counted[i]?.[j] ?? 0]),
  );
  return [['made against', 'seen by', 'fooled', 'counted'], ...rows]
    .map((row) => `${row.map(quoted).join(',')}\r\n`)
    .join('');
}

/** As in RFC 4180. */
function quoted(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function chosen(list: readonly string[], item: string, wanted: boolean): readonly string[] {
  const others = list.filter((each) => each !== item);
  return wanted ? [...others, item] : others;
}
