/** Which devices can run a network here, how fast, and why one cannot. */
import type { DeviceRow } from '../../../../shared/contract/devices.ts';
import { errorData } from '../../../../shared/errors.ts';
import type { Model } from '../../models/model.ts';
import type { Proof, Proofs } from '../../runtime/proofs.ts';
import { providerOf, providers, whyAbsent, type Machine, type Provider } from '../../runtime/providers.ts';
import { proveDevice } from './device-check.ts';

/** What is known of every device; nothing is tried. */
export async function knownDevices(
  proofs: Pick<Proofs, 'read'>,
  { anew, machine = process }: { anew: boolean; machine?: Machine },
): Promise<DeviceRow[]> {
  const rows = providers.map(async (provider): Promise<DeviceRow> => {
    const absent = await whyAbsent(provider, machine);
    if (absent !== null) return row(provider, { outcome: 'unusable', reason: absent, msPerStep: null });
    return row(provider, anew ? undefined : await proofs.read(provider.device));
  });
  return Promise.all(rows);
}

export interface Trial {
  readonly threads: number;
  /** Whether it is measured exactly, rather than well enough to choose a device by. */
  readonly exactly?: boolean;
}

/**
 * Tries a device in this process, which it may take with it: the numbers are compared with the CPU's, then a few steps are
 * timed. The result is kept as a proof.
 */
export async function tryDevice(
  model: Model,
  device: DeviceRow['device'],
  proofs: Pick<Proofs, 'write'>,
  { threads, exactly = false }: Trial,
): Promise<DeviceRow> {
  const provider = providerOf(device);
  await proofs.write(device, { outcome: 'trying', reason: null, msPerStep: null });
  const proof = await prove(model, provider, { threads, exactly });
  await proofs.write(device, proof);
  return row(provider, proof);
}

async function prove(
  model: Model,
  provider: Provider,
  { threads, exactly }: Required<Trial>,
): Promise<Proof> {
  try {
    const cpu = providerOf('cpu');
    // TensorFlow where there is nothing else has nobody to be compared with, and is timed.
    const reference = (await whyAbsent(cpu, process)) === null ? cpu : provider;
    const msPerStep = await proveDevice(
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

function row({ device, runtime }: Provider, proof: Proof | undefined): DeviceRow {
  const usable = proof?.outcome === 'usable';
  return {
    device,
    runtime,
    usable,
    untried: proof === undefined,
    reason: usable ? null : (proof?.reason ?? (proof === undefined ? UNTRIED : BROKEN_OFF)),
    msPerStep: proof?.msPerStep ?? null,
    note: (usable ? proof.note : undefined) ?? null,
  };
}

const UNTRIED = 'It has not been tried on this machine yet; "reverie devices" tries it.';
const BROKEN_OFF =
  'When it was last tried it ended the process or gave no answer in time; after a change of drivers, "reverie devices --measure" tries it again.';
