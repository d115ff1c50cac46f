/**
 * The engine with devices that fail as the environment says (`REVERIE_FAULTS`, a list of faults in JSON), and that have been
 * probed before (`REVERIE_PROBED`, devices with their milliseconds). Built and forked by tests.
 */
import { handlersOf } from '../../../../shared/rpc/contract.ts';
import { engineContract } from '../../../../shared/contract.ts';
import { GIVEN_UP } from '../../../../shared/heartbeat.ts';
import { ipcPort } from '../../../../shared/rpc/ipc-port.ts';
import { serve } from '../../../../shared/rpc/serve.ts';
import { ProbeResults } from '../../runtime/probe-results.ts';
import type { Device } from '../../runtime/runtime.ts';
import { createEngineService } from '../../service.ts';
import { faultyDevices, type Fault } from './faulty-device.ts';

const read = <T>(name: string, otherwise: T): T => {
  const text = process.env[name] ?? '';
  return text === '' ? otherwise : (JSON.parse(text) as T);
};

const probeResults = new ProbeResults(process.env['REVERIE_HOME'] ?? '');
for (const [device, msPerStep] of read<[Device, number][]>('REVERIE_PROBED', []))
  await probeResults.write(device, { outcome: 'usable', reason: null, msPerStep });

const port = ipcPort(process);
const service = createEngineService(undefined, {
  givenUp: (process.env[GIVEN_UP] ?? '').split(','),
  tell: (heartbeat) => port.post({ heartbeat }),
  openDevice: faultyDevices(read<Fault[]>('REVERIE_FAULTS', [])),
});
serve(handlersOf(engineContract, service), port);
process.on('disconnect', () => process.exit());
