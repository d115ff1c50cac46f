/**
 * Jobs that outlive the engine. When its process ends or hangs in the middle of a job, the job goes on in a fresh one, from its
 * last checkpoint where its method has one: on the next device when a graphics card took it along, once more on the same when it
 * was the processor's. Whoever follows the job is told in a sentence, and sees steps go on.
 */
import type { EngineApi } from '../../../shared/contract.ts';
import { errorData } from '../../../shared/errors.ts';
import type { JobEvent, Started, Step } from '../../../shared/jobs.ts';
import { anyMethod, methodNames, type MethodName } from '../../../shared/methods/registry.ts';
import type { RequestOf } from '../../../shared/methods/request.ts';
import { failedBefore } from '../../../shared/heartbeat.ts';
import { relay } from '../../../shared/relay.ts';
import { tellsOfMemory } from '../engine/process-end.ts';
import type { EngineHost } from '../engine/host.ts';
import { dropCheckpoint, goOn, withCheckpoint } from './continuation.ts';

/** Ends of the engine that were not a graphics card's, after which a job goes on by itself. Then somebody should look at it. */
const SECOND_CHANCES = 1;
/** After those, a job whose engine was killed as systems do when memory runs out goes on with less memory at most so often. */
const SMALLER_CHANCES = 2;

type Host = Pick<EngineHost, 'api' | 'givenUp'>;
type Events = AsyncIterable<JobEvent<unknown>>;

/** The same engine; its jobs go on. */
export function carryOn(host: Host): EngineApi {
  const { api } = host;
  const lasting = methodNames.map((name) => [
    name,
    (request: RequestOf<MethodName>) => lastingJob(host, name, request),
  ]);
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
    ...(Object.fromEntries(lasting) as Pick<EngineApi, MethodName>),
  };
}

const isCrash = (error: unknown): boolean => errorData(error).code === 'engine/crashed';

function lastingJob(host: Host, method: MethodName, asked: RequestOf<MethodName>): Events {
  const began = performance.now();
  const open = host.api[method] as (request: RequestOf<MethodName>) => Events;
  const chances = new Chances(host, anyMethod[method].shrinks);
  const story = new Story(host);
  let request = asked;
  return relay<JobEvent<unknown>>(
    () => {
      request = withCheckpoint(method, asked);
      return open(request);
    },
    {
      each(event) {
        if (event.kind === 'started') return story.beginning(event);
        if (event.kind === 'step') return story.step(event);
        // The engine that ended the job knows its own share of the time alone.
        return story.wentOn ? { ...event, result: lasted(event.result, began) } : event;
      },
      async recover(error) {
        const chance = isCrash(error) ? chances.take(error) : undefined;
        if (chance === undefined) return undefined;
        const { request: next, from } = await goOn(method, request);
        story.goesOn(errorData(error).message, from);
        request = { ...next, smaller: chance === 'smaller' };
        return open(request);
      },
      isLast: (event) => event.kind === 'done',
      ended: () => dropCheckpoint(asked, request),
    },
  );
}

const lasted = (result: unknown, began: number): unknown =>
  typeof result === 'object' && result !== null
    ? { ...result, seconds: (performance.now() - began) / 1000 }
    : result;

/** How often a job goes on by itself. */
class Chances {
  readonly #host: Host;
  readonly #shrinks: boolean;
  #again = SECOND_CHANCES;
  #smaller = SMALLER_CHANCES;
  /** Devices that were given up when the job was last begun. */
  #without: number;

  constructor(host: Host, shrinks: boolean) {
    this.#host = host;
    this.#shrinks = shrinks;
    this.#without = host.givenUp.length;
  }

  /** How it goes on after such an end, if it does. A device can be given up only once, so this ends. */
  take(error: unknown): 'as before' | 'smaller' | undefined {
    const { length } = this.#host.givenUp;
    if (length > this.#without) {
      this.#without = length;
      return 'as before';
    }
    if (this.#again-- > 0) return 'as before';
    return this.#shrinks && tellsOfMemory(error) && this.#smaller-- > 0 ? 'smaller' : undefined;
  }
}

/** What followers of a job are told: one beginning, and with the step after another one what happened. */
class Story {
  readonly #host: Host;
  #begun = false;
  #news: { readonly sentence: string; readonly from: string } | undefined;
  /** Waits for the next step. */
  #told: Pick<Step, 'note' | 'device'> = {};
  wentOn = false;

  constructor(host: Host) {
    this.#host = host;
  }

  goesOn(sentence: string, from: string): void {
    this.#news = { sentence: [this.#news?.sentence, sentence].filter(Boolean).join(' '), from };
    this.wentOn = true;
  }

  beginning(event: Started): Started | undefined {
    const news = this.#news;
    this.#news = undefined;
    const first = !this.#begun;
    this.#begun = true;
    if (news === undefined) return event;
    const note = `${news.sentence} The job ${news.from} on the device "${event.device}".`;
    // Why it is not the device that was asked for has just been told.
    const known = this.#host.givenUp.map((device) => failedBefore(device, event.device));
    if (first) return { ...event, notes: [note, ...event.notes.filter((text) => !known.includes(text))] };
    this.#told = { note, device: event.device };
    return undefined;
  }

  step(event: Step): Step {
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
}
