/** Which devices can run a network here, how fast, and why one cannot. */
import type { DeviceRow } from '../../../../shared/contract/devices.ts';
import { errorData } from '../../../../shared/errors.ts';
import type { Model } from '../../models/model.ts';
import type { ProbeResult, ProbeResults } from '../../runtime/probe-results.ts';
import { providerOf, providers, whyAbsent, type Machine, type Provider } from '../../runtime/providers.ts';
import { checkDevice } from './device-check.ts';

/** What is known of every device; nothing is tried. */
export async function knownDevices(
  probeResults: Pick<ProbeResults, 'read'>,
  { anew, machine = process }: { anew: boolean; machine?: Machine },
): Promise<DeviceRow[]> {
  const rows = providers.map(async (provider): Promise<DeviceRow> => {
    const absent = await whyAbsent(provider, machine);
    if (absent !== null) return row(provider, { outcome: 'unusable', reason: absent, msPerStep: null });
    return row(provider, anew ? undefined : await probeResults.read(provider.device));
  });
  return Promise.all(rows);
}

interface ProbeOptions {
  readonly threads: number;
  /** Whether it is measured exactly, rather than well enough to choose a device by. */
  readonly exactly?: boolean;
}

/**
 * Tries a device in this process, which it may take with it: the numbers are compared with the CPU's, then a few steps are
 * timed. The result is kept.
 */
export async function probeDevice(
  model: Model,
  device: DeviceRow['device'],
  probeResults: Pick<ProbeResults, 'write'>,
  { threads, exactly = false }: ProbeOptions,
): Promise<DeviceRow> {
  const provider = providerOf(device);
  await probeResults.write(device, { outcome: 'trying', reason: null, msPerStep: null });
  const result = await probe(model, provider, { threads, exactly });
  await probeResults.write(device, result);
  return row(provider, result);
}

async function probe(
  model: Model,
  provider: Provider,
  { threads, exactly }: Required<ProbeOptions>,
): Promise<ProbeResult> {
  try {
    const cpu = providerOf('cpu');
    // TensorFlow where there is nothing else has nobody to be compared with, and is timed.
    const reference = (await whyAbsent(cpu, process)) === null ? cpu : provider;
    const msPerStep = await checkDevice(
      model,
      reference.open(threads),
      provider.open(threads),
      provider.tolerance,
      exactly,
    );
    const note = await provider.note?.();
    return { outcome: 'usable', reason: null, msPerStep, ...(note === undefined ? {} : { note }) };
  } catch (error) {
    return { outcome: 'unusable', reason: errorData(error).message, msPerStep: null };
  }
}

function row({ device, runtime }: Provider, result: ProbeResult | undefined): DeviceRow {
  const usable = result?.outcome === 'usable';
  return {
    device,
    runtime,
    usable,
    untried: result === undefined,
    reason: usable ? null : (result?.reason ?? (result === undefined ? UNTRIED : BROKEN_OFF)),
    msPerStep: result?.msPerStep ?? null,
    note: (usable ? result.note : undefined) ?? null,
  };
}

const UNTRIED = 'It has not been tried on this machine yet; "reverie devices" tries it.';
const BROKEN_OFF =
  'When it was last tried it ended the process or gave no answer in time; after a change of drivers, "reverie devices --measure" tries it again.';
