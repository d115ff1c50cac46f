/** Which device computes when somebody asks for one, or for whatever is best. */
import { ReverieError } from '../../../shared/errors.ts';
import { providerOf, providers, whyAbsent, type Machine, type Provider } from './providers.ts';
import type { ProbeResult, ProbeResults } from './probe-results.ts';
import type { Device } from './runtime.ts';

/** A choice as people make it (see shared/recipes/common.ts). */
export interface Choice {
  readonly runtime: 'auto' | 'onnxruntime' | 'tensorflow';
  readonly device: 'auto' | Device;
}

/** A device must take at most so much of the CPU's time before it is preferred: a close race may end otherwise tomorrow. */
const CLEARLY_FASTER = 0.8;

/**
 * The devices for a choice, the best first; the others are what a job goes on with when the one before fails. A named device
 * is followed by the CPU alone. Where ONNX Runtime cannot be loaded there is nothing but TensorFlow.
 *
 * @param whyNot see `whyAbsent`
 * @throws ReverieError `usage/option` for a device that the runtime does not have, `device/unusable` for one that cannot be here
 */
export async function chooseDevices(
  { runtime, device }: Choice,
  probeResults: Pick<ProbeResults, 'read'>,
  machine: Machine = process,
  whyNot = whyAbsent,
): Promise<Device[]> {
  const withoutCpu = await whyNot(providerOf('cpu'), machine);
  const last: readonly Device[] = withoutCpu === null ? ['cpu'] : [];
  if (device !== 'auto') {
    const row = rowOf(device, runtime);
    const absent = await whyNot(row, machine);
    if (absent !== null) throw unusable(device, absent);
    return device === 'cpu' ? ['cpu'] : [device, ...last];
  }
  if (runtime === 'tensorflow') return ['tensorflow', ...last];
  if (withoutCpu !== null) {
    if (runtime === 'onnxruntime') throw unusable('cpu', withoutCpu);
    return ['tensorflow'];
  }
  const cpu = await probeResults.read('cpu');
  const faster: { device: Device; ms: number }[] = [];
  for (const row of providers) {
    if (row.device === 'cpu' || (runtime !== 'auto' && row.runtime !== runtime)) continue;
    const ms = usableSpeed(
      (await whyNot(row, machine)) === null ? await probeResults.read(row.device) : undefined,
    );
    if (ms !== null && typeof cpu?.msPerStep === 'number' && ms < CLEARLY_FASTER * cpu.msPerStep)
      faster.push({ device: row.device, ms });
  }
  return [...faster.sort((a, b) => a.ms - b.ms).map((row) => row.device), ...last];
}

const usableSpeed = (result: ProbeResult | undefined): number | null =>
  result?.outcome === 'usable' ? result.msPerStep : null;

function rowOf(device: Device, runtime: Choice['runtime']): Provider {
  const row = providerOf(device);
  if (runtime === 'auto' || row.runtime === runtime) return row;
  const own = providers.filter((p) => p.runtime === runtime).map((p) => `"${p.device}"`);
  throw new ReverieError(
    'usage/option',
    `The runtime "${runtime}" does not compute on "${device}"; it has ${own.join(', ')}.`,
  );
}

const unusable = (device: Device, reason: string): ReverieError =>
  new ReverieError('device/unusable', `The device "${device}" cannot be used: ${reason}`);
