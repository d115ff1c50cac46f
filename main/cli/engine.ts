/** The engine of a command, in a process of its own that is started when it is first asked. */
import type { EnginePower } from '../../shared/power.ts';
import { createEngineHost } from '../studio/engine/host.ts';
import { EnginePowerSwitch } from '../studio/engine/power.ts';
import { forkEngine, type StartEngine } from '../studio/engine/process.ts';
import { carryOn } from '../studio/jobs/carry-on.ts';
import type { Context } from './command.ts';

export interface OpenEngine extends Pick<Context, 'engine' | 'power'> {
  close(): Promise<void>;
}

/**
 * @param entry Path of the built engine (main/engine/process.ts).
 * @param start Starts its process.
 */
export function openEngine(entry: string, wished: EnginePower, start: StartEngine = forkEngine): OpenEngine {
  const power = new EnginePowerSwitch(start, wished);
  const host = createEngineHost(entry, { start: power.start, startProbe: power.beside(forkEngine) });
  return { engine: power.over(carryOn(host)), power, close: () => host.close() };
}
