/** Runtimes for what requests ask for, and what became of them in a sentence for whoever follows a job. */
import type { JobEvent } from '../../../shared/jobs.ts';
import type { Execution } from '../../../shared/recipes/common.ts';
import { chooseDevices } from '../runtime/choose.ts';
import { FallbackRuntime } from '../runtime/fallback.ts';
import type { Power } from '../runtime/power.ts';
import type { Proofs } from '../runtime/proofs.ts';
import { providerOf } from '../runtime/providers.ts';

/** The runtimes of an engine: one for each order of devices, which remembers the devices that it had to give up. */
export class Runtimes {
  readonly #proofs: Proofs;
  readonly #power: Power;
  readonly #opened = new Map<string, FallbackRuntime>();

  constructor(proofs: Proofs, power: Power) {
    this.#proofs = proofs;
    this.#power = power;
  }

  /** @throws ReverieError `usage/option` or `device/unusable`, see `chooseDevices` */
  async open({ runtime, device }: Pick<Execution, 'runtime' | 'device'>): Promise<FallbackRuntime> {
    const devices = await chooseDevices({ runtime, device }, this.#proofs);
    const key = devices.join();
    let opened = this.#opened.get(key);
    if (opened === undefined) {
      opened = new FallbackRuntime(devices.map((name) => providerOf(name).open(this.#power.threads)));
      this.#opened.set(key, opened);
    }
    return opened;
  }
}

/** The events of a job, with a sentence where a device was given up. */
export async function* withNews<Result>(
  runtime: FallbackRuntime,
  events: AsyncIterable<JobEvent<Result>>,
): AsyncGenerator<JobEvent<Result>, void, undefined> {
  const before = runtime.standing;
  for await (const event of events) {
    const news = runtime.takeNews();
    if (event.kind === 'started') yield { ...event, notes: [...event.notes, ...before, ...news] };
    else if (event.kind === 'step' && news.length > 0) yield { ...event, note: news.join(' ') };
    else yield event;
  }
}
