/** Runtimes for what requests ask for, and what became of them in a sentence for whoever follows a job. */
import type { JobEvent } from '../../../../shared/jobs.ts';
import type { Execution } from '../../../../shared/recipes/common.ts';
import { relay } from '../../../../shared/relay.ts';
import { withHeartbeat, type Tell } from '../../runtime/heartbeat.ts';
import { chooseDevices } from '../../runtime/choose.ts';
import { FallbackRuntime } from '../../runtime/fallback.ts';
import type { Power } from '../../runtime/power.ts';
import type { ProbeResults } from '../../runtime/probe-results.ts';
import { providerOf, whyAbsent } from '../../runtime/providers.ts';
import type { Device, Runtime } from '../../runtime/runtime.ts';
import { programWarning } from '../dream/memory.ts';

/** What is different from an engine that nobody watches and that has a whole machine. */
export interface RuntimesOptions {
  readonly tell?: Tell;
  /** Devices that took an engine before this one with them: they are passed over. */
  readonly givenUp?: readonly string[];
  readonly openDevice?: (device: Device, threads: number) => Runtime;
}

/** The runtimes of an engine: one for each order of devices, which remembers the devices that it had to give up. */
export class Runtimes {
  readonly #probeResults: ProbeResults;
  readonly #power: Power;
  readonly #options: RuntimesOptions;
  readonly #opened = new Map<string, FallbackRuntime>();

  constructor(probeResults: ProbeResults, power: Power, options: RuntimesOptions = {}) {
    this.#probeResults = probeResults;
    this.#power = power;
    this.#options = options;
  }

  /** @throws ReverieError `usage/option` or `device/unusable`, see `chooseDevices` */
  async open({ runtime, device }: Pick<Execution, 'runtime' | 'device'>): Promise<FallbackRuntime> {
    const { givenUp = [] } = this.#options;
    const devices = await chooseDevices({ runtime, device }, this.#probeResults);
    const known = devices.includes('cpu') ? [] : await withoutCpu();
    const key = devices.join();
    let opened = this.#opened.get(key);
    if (opened === undefined) {
      // The last one, mostly the CPU, is never given up: there is nothing after it.
      const left = devices.filter((name) => name === devices.at(-1) || !givenUp.includes(name));
      opened = new FallbackRuntime(
        left.map((name) => this.#open(name)),
        devices[0],
        programWarning,
        known,
      );
      this.#opened.set(key, opened);
    }
    return opened;
  }

  #open(device: Device): Runtime {
    const { tell, openDevice = openProvider } = this.#options;
    const runtime = openDevice(device, this.#power.threads);
    return tell === undefined ? runtime : withHeartbeat(runtime, tell);
  }
}

/** What jobs are told where there is no ONNX Runtime, whose work another library does. */
async function withoutCpu(): Promise<string[]> {
  const reason = await whyAbsent(providerOf('cpu'), process);
  return reason === null
    ? []
    : [`The device "cpu" cannot be used: ${reason} It computes this job, which takes longer.`];
}

const openProvider = (device: Device, threads: number): Runtime => providerOf(device).open(threads);

/** The events of a job, with a sentence where a device was given up, and the name of the one that computes from there on. */
export function withNews<Result>(
  runtime: FallbackRuntime,
  events: AsyncIterable<JobEvent<Result>>,
): AsyncIterable<JobEvent<Result>> {
  const before = runtime.standing;
  const each = (event: JobEvent<Result>): JobEvent<Result> => {
    const news = runtime.takeNews();
    if (event.kind === 'started') return { ...event, notes: [...event.notes, ...before, ...news] };
    if (event.kind === 'step' && news.length > 0)
      return { ...event, note: joined(event.note, ...news), device: runtime.device };
    return event;
  };
  return relay(() => events, { each });
}

const joined = (...sentences: readonly (string | undefined)[]): string =>
  sentences.filter((sentence) => sentence !== undefined).join(' ');
