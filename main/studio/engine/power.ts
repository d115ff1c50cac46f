/**
 * How much of the machine the engine takes, changed while the program runs. Threads and priority belong to a process from its
 * start, so that a change ends the engine as soon as nothing is computed, and the next request starts another one. Nobody
 * notices: requests that come meanwhile wait for the old process to be gone.
 */
import { availableParallelism } from 'node:os';
import { engineContract, type EngineApi } from '../../../shared/contract.ts';
import { powerVariables, samePower, type EnginePower, type PowerState } from '../../../shared/power.ts';
import { relay } from '../../../shared/relay.ts';
import { Watched } from '../../../shared/watch.ts';
import { endEngine, type EngineProcess, type StartEngine } from './process.ts';

/** Takes minutes, in processes of its own, and only asks the engine for what it remembers: nothing has to wait for it. */
const ELSEWHERE: keyof typeof engineContract.calls = 'devices';

export class EnginePowerSwitch {
  readonly state: Watched<PowerState>;
  readonly #start: StartEngine;
  #running: EngineProcess | undefined;
  /** Requests under way, and those of them that are streams: jobs, which take minutes where calls take moments. */
  #busy = 0;
  #streams = 0;
  /** Jobs that let calls end first, so that a wished change is made before them. */
  #holding: (() => void)[] = [];
  /** Resolves when an engine that was ended for a change is gone. */
  #leaving: Promise<void> | undefined;

  constructor(start: StartEngine, power: EnginePower, processors = availableParallelism()) {
    this.#start = start;
    this.state = new Watched<PowerState>({ processors, now: power, next: null });
  }

  /** Starts the engine with the power of the moment. */
  readonly start: StartEngine = (entry, variables) => {
    const engine = this.beside(this.#start)(entry, variables);
    this.#running = engine;
    engine.onEnd(() => {
      if (this.#running === engine) this.#running = undefined;
    });
    return engine;
  };

  /** Starts engines that only try a device: with the same power, and with no part in what follows. */
  beside(start: StartEngine): StartEngine {
    return (entry, variables) => start(entry, { ...variables, ...powerVariables(this.state.value.now) });
  }

  /** From the next request on that finds nothing under way, and at the latest from the next job that finds no other. */
  set(power: EnginePower): void {
    const { now, processors } = this.state.value;
    const next = samePower(power, now) ? null : power;
    this.state.set({ processors, now, next });
    this.#changeWhenIdle();
  }

  /** The engine's own interface, watched so that it is known when nothing is under way. */
  over(api: EngineApi): EngineApi {
    const calls = Object.keys(engineContract.calls).map((name) => [name, this.#call(api, name)]);
    const streams = Object.keys(engineContract.streams).map((name) => [name, this.#stream(api, name)]);
    // The one assertion: the names are complete by their type, and what stands behind each is the engine's own.
    return Object.fromEntries([...calls, ...streams]) as EngineApi;
  }

  #call(api: EngineApi, name: string) {
    return async (argument: unknown): Promise<unknown> => {
      if (name === ELSEWHERE) {
        await this.#leaving;
        return method(api, name)(argument);
      }
      await this.#begin();
      try {
        return await method(api, name)(argument);
      } finally {
        this.#end();
      }
    };
  }

  #stream(api: EngineApi, name: string) {
    return (argument: unknown): AsyncIterable<unknown> => {
      let begun = false;
      return relay(
        async () => {
          await this.#beginStream();
          begun = true;
          return method(api, name)(argument) as AsyncIterable<unknown>;
        },
        {
          ended: () => {
            if (begun) this.#endStream();
          },
        },
      );
    };
  }

  async #begin(): Promise<void> {
    this.#busy++;
    await this.#leaving;
  }

  /** Calls that overlap could otherwise keep a change waiting for one job after the other. */
  async #beginStream(): Promise<void> {
    while (this.state.value.next !== null && this.#streams === 0 && this.#busy > 0)
      await new Promise<void>((resolve) => this.#holding.push(resolve));
    this.#streams++;
    await this.#begin();
  }

  #endStream(): void {
    this.#streams--;
    this.#end();
  }

  #end(): void {
    this.#busy--;
    this.#changeWhenIdle();
  }

  #changeWhenIdle(): void {
    const { next, processors } = this.state.value;
    if (next === null) this.#release();
    if (next === null || this.#busy > 0 || this.#leaving !== undefined) return;
    this.state.set({ processors, now: next, next: null });
    this.#release();
    const engine = this.#running;
    if (engine === undefined) return;
    this.#leaving = endEngine(engine).then(() => {
      this.#leaving = undefined;
      this.#changeWhenIdle();
    });
  }

  #release(): void {
    for (const resume of this.#holding.splice(0)) resume();
  }
}

type Method = (argument: unknown) => unknown;

/** What the engine does under a name; names come from the table of its contract. */
const method = (api: EngineApi, name: string): Method => Reflect.get(api, name) as Method;
