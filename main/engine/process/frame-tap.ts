/** Takes frames out of jobs that name a channel for them, and keeps the newest one for those who look on. */
import type { EngineService } from '../../../shared/contract.ts';
import type { JobEvent, Preview } from '../../../shared/jobs.ts';
import { methodNames, type MethodName } from '../../../shared/methods/registry.ts';
import type { LiveFrame } from '../../../shared/live-frames.ts';
import { Watched } from '../../../shared/watch.ts';

/** How long a reader waits for a job that has not begun: it may have come too late, and then there is none to come. */
const WAIT_MS = 30_000;

/** A method of any kind: its requests say whether anybody looks on. */
type Shown = (request: { preview: Preview | null }, signal?: AbortSignal) => AsyncIterable<JobEvent<unknown>>;

interface Channel {
  readonly live: Watched<LiveFrame | null>;
  running: boolean;
  readers: number;
}

export class FrameTap {
  readonly #channels = new Map<string, Channel>();
  readonly #waitMs: number;

  constructor(waitMs = WAIT_MS) {
    this.#waitMs = waitMs;
  }

  /** How many channels have a job or a reader. */
  get size(): number {
    return this.#channels.size;
  }

  /** The same service; only its frames may go another way. */
  over(service: EngineService): EngineService {
    const tapped = methodNames.map((name) => [name, this.#tapped(service[name].bind(service) as Shown)]);
    return { ...service, ...(Object.fromEntries(tapped) as Pick<EngineService, MethodName>) };
  }

  /** A reader may come a little before the job; its stream ends with it. */
  async *frames(channel: string, signal?: AbortSignal): AsyncGenerator<LiveFrame, void, undefined> {
    const open = this.#open(channel);
    const inVain = new AbortController();
    const timer = setTimeout(() => open.running || inVain.abort(), this.#waitMs);
    open.readers++;
    try {
      const until = AbortSignal.any([...(signal === undefined ? [] : [signal]), inVain.signal]);
      for await (const frame of open.live.values(until)) if (frame !== null) yield frame;
    } finally {
      clearTimeout(timer);
      open.readers--;
      this.#forgetUnused(channel, open);
    }
  }

  #tapped(method: Shown): Shown {
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
    const open = this.#open(channel);
    open.running = true;
    try {
      for await (const event of events) {
        if (event.kind !== 'step' || event.frame === undefined) yield event;
        else {
          const { frame, ...step } = event;
          open.live.set({ ...frame, step: step.step });
          yield step;
        }
      }
    } finally {
      // Those who look on get the last frame; who comes now waits for another job.
      open.running = false;
      open.live.close();
      if (this.#channels.get(channel) === open) this.#channels.delete(channel);
    }
  }

  #open(channel: string): Channel {
    const open = this.#channels.get(channel) ?? {
      live: new Watched<LiveFrame | null>(null),
      running: false,
      readers: 0,
    };
    this.#channels.set(channel, open);
    return open;
  }

  #forgetUnused(channel: string, open: Channel): void {
    if (!open.running && open.readers === 0 && this.#channels.get(channel) === open)
      this.#channels.delete(channel);
  }
}
