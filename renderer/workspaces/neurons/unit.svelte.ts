/** What the page of a unit shows, as it comes: its pictures first, then the photos, so that both do not slow each other down. */
import type { StudioRequest } from '../../../shared/studio/contract.ts';
import { errorData } from '../../../shared/errors.ts';
import type { Frame } from '../../../shared/jobs.ts';
import { until } from '../../../shared/relay.ts';
import type { Studio } from '../../../shared/studio/contract.ts';
import type { UnitPhotos, UnitPicture } from '../../../shared/studio/units.ts';

export class UnitState {
  addresses = $state.raw<Partial<Record<UnitPicture, string>>>({});
  /** The pictures that are being made, and how far they are. */
  growing = $state.raw<readonly UnitPicture[]>([]);
  progress = $state.raw<{ step: number; of: number } | undefined>();
  frame = $state.raw<Frame | undefined>();
  notes = $state.raw<readonly string[]>([]);
  pictureError = $state<string | null>(null);
  /** The photo that is being looked at; `undefined` when all are. */
  scanning = $state.raw<{ step: number; of: number } | undefined>();
  photos = $state.raw<UnitPhotos | undefined>();
  photoError = $state<string | null>(null);
  readonly #studio: Pick<Studio, 'unitPictures' | 'unitPhotos'>;

  constructor(studio: Pick<Studio, 'unitPictures' | 'unitPhotos'>) {
    this.#studio = studio;
  }

  /** Follows a unit until what is returned is called. */
  watch(request: StudioRequest<'unitPictures'>): () => void {
    const leave = new AbortController();
    void this.#watch(request, leave.signal);
    return () => leave.abort();
  }

  async #watch(request: StudioRequest<'unitPictures'>, signal: AbortSignal): Promise<void> {
    try {
      await this.#watchPhotos(request, signal);
    } catch (error) {
      if (!signal.aborted) this.photoError = errorData(error).message;
    } finally {
      this.scanning = undefined;
    }
    try {
      await this.#watchPictures(request, signal);
    } catch (error) {
      if (!signal.aborted) this.pictureError = errorData(error).message;
    } finally {
      this.growing = [];
    }
  }

  async #watchPictures(request: StudioRequest<'unitPictures'>, signal: AbortSignal): Promise<void> {
    for await (const event of until(this.#studio.unitPictures(request), signal)) {
      if (event.kind === 'note') this.notes = [...new Set([...this.notes, event.note])];
      else if (event.kind === 'made') this.addresses = { ...this.addresses, [event.picture]: event.address };
      else {
        const { pictures, step, of, frame } = event;
        this.growing = pictures;
        this.progress = { step, of };
        this.frame = step === 1 ? frame : (frame ?? this.frame);
      }
    }
  }

  async #watchPhotos(request: StudioRequest<'unitPictures'>, signal: AbortSignal): Promise<void> {
    for await (const event of until(this.#studio.unitPhotos(request), signal)) {
      if (event.kind === 'step') this.scanning = { step: event.step, of: event.of };
      else if (event.kind === 'done') this.photos = event.result;
    }
  }
}
