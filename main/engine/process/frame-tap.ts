/** Takes frames out of jobs that name a channel for them, and keeps the newest one for whoever looks on. */
import type { EngineService } from '../../../shared/contract.ts';
import type { JobEvent, Preview } from '../../../shared/jobs.ts';
import type { LiveFrame } from '../../../shared/live-frames.ts';
import { Watched } from '../../../shared/watch.ts';

/** A method that lets somebody look on. */
type Shown<Request, Result> = (request: Request, signal?: AbortSignal) => AsyncIterable<JobEvent<Result>>;

export class FrameTap {
  readonly #channels = new Map<string, Watched<LiveFrame | null>>();

  /** The same service; only its frames may go another way. */
  over(service: EngineService): EngineService {
    return {
      ...service,
      dream: this.#tapped(service.dream.bind(service)),
      visualize: this.#tapped(service.visualize.bind(service)),
      attack: this.#tapped(service.attack.bind(service)),
      atlas: this.#tapped(service.atlas.bind(service)),
    };
  }

  /** A reader may come before the dream; its stream ends with it. */
  async *frames(channel: string, signal: AbortSignal): AsyncGenerator<LiveFrame, void, undefined> {
    for await (const frame of this.#open(channel).values(signal)) if (frame !== null) yield frame;
  }

  #tapped<Request extends { preview: Preview | null }, Result>(
    method: Shown<Request, Result>,
  ): Shown<Request, Result> {
    return (request, signal) => {
      const events = method(request, signal);
      const channel = request.preview?.channel;
      return channel === undefined ? events : this.#divert(events, channel);
    };
  }

  async *#divert<Result>(
    events: AsyncIterable<JobEvent<Result>>,
    channel: string,
  ): AsyncGenerator<JobEvent<Result>, void, undefined> {
    const live = this.#open(channel);
    try {
      for await (const event of events) {
        if (event.kind !== 'step' || event.frame === undefined) yield event;
        else {
          const { frame, ...step } = event;
          live.set({ ...frame, step: step.step });
          yield step;
        }
      }
    } finally {
      live.close();
      this.#channels.delete(channel);
    }
  }

  #open(channel: string): Watched<LiveFrame | null> {
    const live = this.#channels.get(channel) ?? new Watched<LiveFrame | null>(null);
    this.#channels.set(channel, live);
    return live;
  }
}
