/**
 * Jobs that outlive the engine. When its process ends or hangs in the middle of a job, the job goes on in a fresh one, from its
 * last checkpoint where its kind has one: on the next device when a graphics card took it along, once more on the same when it
 * was the processor's. Whoever follows the job is told in a sentence, and sees steps go on.
 */
import type { EngineApi, Streams } from '../../../shared/contract.ts';
import { errorData } from '../../../shared/errors.ts';
import type { JobEvent, Started, Step } from '../../../shared/jobs.ts';
import { failedBefore } from '../../../shared/pulse.ts';
import { tellsOfMemory } from '../engine/process-end.ts';
import type { EngineHost } from '../engine/host.ts';
import { continuations, type Continuation } from './continuations.ts';

/** Ends of the engine that were not a graphics card's, after which a job goes on by itself. Then somebody should look at it. */
const SECOND_CHANCES = 1;
/** After those, a job whose engine was killed as systems do when memory runs out may do so often with less. */
const FRUGAL_CHANCES = 2;

/** The same engine; its jobs go on. */
export function carryOn(host: Pick<EngineHost, 'api' | 'givenUp'>): EngineApi {
  const { api } = host;
  const lasting =
    <Name extends keyof Streams>(name: Name) =>
    (request: Parameters<Streams[Name]>[0]): ReturnType<Streams[Name]> =>
      // Events of a kind of job are those of its result; the table pairs them.
      new LastingJob(
        host,
        api[name] as (request: unknown) => AsyncIterable<JobEvent<unknown>>,
        continuations[name] as Continuation<unknown>,
        request,
      ) as unknown as ReturnType<Streams[Name]>;
  return {
    ...api,
    async classify(request) {
      try {
        return await api.classify(request);
      } catch (error) {
        if (!isCrash(error)) throw error;
        return api.classify(request);
      }
    },
    dream: lasting('dream'),
    visualize: lasting('visualize'),
    attack: lasting('attack'),
    attackSet: lasting('attackSet'),
    atlas: lasting('atlas'),
    examples: lasting('examples'),
    explain: lasting('explain'),
  };
}

const isCrash = (error: unknown): boolean => errorData(error).code === 'engine/crashed';

/** What became of a job that goes on, until it can be told. */
interface News {
  readonly sentence: string;
  readonly from: string;
}

/** No generator: whoever leaves must not wait for the step that is under way. */
class LastingJob<Request> implements AsyncIterableIterator<JobEvent<unknown>> {
  readonly #host: Pick<EngineHost, 'givenUp'>;
  readonly #open: (request: Request) => AsyncIterable<JobEvent<unknown>>;
  readonly #continuation: Continuation<Request>;
  readonly #asked: Request;
  #request: Request | undefined;
  #events: AsyncIterator<JobEvent<unknown>> | undefined;
  #started = false;
  #wentOn = false;
  #left = false;
  #chances = SECOND_CHANCES;
  #frugalChances = FRUGAL_CHANCES;
  #frugal = false;
  #news: News | undefined;
  /** Devices that were given up when the job was last begun. */
  #without: number;
  /** A sentence that waits for the next step. */
  #told: Pick<Step, 'note' | 'device'> = {};
  readonly #began = performance.now();

  constructor(
    host: Pick<EngineHost, 'givenUp'>,
    open: (request: Request) => AsyncIterable<JobEvent<unknown>>,
    continuation: Continuation<Request>,
    request: Request,
  ) {
    this.#host = host;
    this.#open = open;
    this.#continuation = continuation;
    this.#asked = request;
    this.#without = host.givenUp.length;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<JobEvent<unknown>>> {
    for (;;) {
      if (this.#left) return this.#finished();
      try {
        this.#events ??= this.#begin(this.#continuation.prepare(this.#asked));
        const result = await this.#events.next();
        if (result.done === true) {
          await this.#cleanUp();
          return result;
        }
        const event = this.#retold(result.value);
        // Who has the result may ask for nothing more.
        if (event?.kind === 'done') await this.#cleanUp();
        if (event !== undefined) return { done: false, value: event };
      } catch (error) {
        // Nobody is left to be told how it ended.
        if (this.#isLeft() && isCrash(error)) return this.#finished();
        if (!isCrash(error) || !this.#mayGoOn(error)) {
          await this.#cleanUp();
          throw error;
        }
        await this.#goOn(errorData(error).message);
      }
    }
  }

  /** Resolves when the engine has cleaned up. */
  async return(): Promise<IteratorResult<JobEvent<unknown>>> {
    this.#left = true;
    try {
      await this.#events?.return?.();
    } finally {
      await this.#cleanUp();
    }
    return this.#finished();
  }

  /** Asked again after every wait, during which it may have been left. */
  #isLeft(): boolean {
    return this.#left;
  }

  #finished(): IteratorResult<JobEvent<unknown>> {
    return { done: true, value: undefined };
  }

  #begin(request: Request): AsyncIterator<JobEvent<unknown>> {
    this.#request = request;
    return this.#open(request)[Symbol.asyncIterator]();
  }

  /** A device can be given up only once, so this ends. */
  #mayGoOn(error: unknown): boolean {
    this.#frugal = false;
    const { length } = this.#host.givenUp;
    if (length > this.#without) {
      this.#without = length;
      return true;
    }
    if (this.#chances-- > 0) return true;
    this.#frugal = tellsOfMemory(error) && this.#continuation.withLess !== undefined;
    return this.#frugal && this.#frugalChances-- > 0;
  }

  async #goOn(sentence: string): Promise<void> {
    const { goOn, withLess } = this.#continuation;
    const { request: next, from } = await goOn(this.#request ?? this.#asked);
    const request = this.#frugal && withLess !== undefined ? withLess(next) : next;
    this.#news = { sentence: [this.#news?.sentence, sentence].filter(Boolean).join(' '), from };
    this.#wentOn = true;
    this.#events = this.#begin(request);
  }

  /** Followers see one beginning; what another one says comes with the step after it. */
  #retold(event: JobEvent<unknown>): JobEvent<unknown> | undefined {
    if (event.kind === 'started') return this.#retoldStart(event);
    if (event.kind === 'done') return { ...event, result: this.#withAllSeconds(event.result) };
    const { note, device } = this.#told;
    this.#told = {};
    if (note === undefined) return event;
    return {
      ...event,
      note: event.note === undefined ? note : `${note} ${event.note}`,
      ...(device === undefined ? {} : { device }),
      ...(event.device === undefined ? {} : { device: event.device }),
    };
  }

  #retoldStart(event: Started): Started | undefined {
    const news = this.#news;
    this.#news = undefined;
    const first = !this.#started;
    this.#started = true;
    if (news === undefined) return event;
    const note = `${news.sentence} The job ${news.from} on the device "${event.device}".`;
    // Why it is not the device that was asked for has just been told.
    const known = this.#host.givenUp.map((device) => failedBefore(device, event.device));
    if (first) return { ...event, notes: [note, ...event.notes.filter((text) => !known.includes(text))] };
    this.#told = { note, device: event.device };
    return undefined;
  }

  /** The engine that ended the job knows its own share alone. */
  #withAllSeconds(result: unknown): unknown {
    if (!this.#wentOn || typeof result !== 'object' || result === null) return result;
    return { ...result, seconds: (performance.now() - this.#began) / 1000 };
  }

  async #cleanUp(): Promise<void> {
    if (this.#request !== undefined) await this.#continuation.cleanUp(this.#asked, this.#request);
  }
}
