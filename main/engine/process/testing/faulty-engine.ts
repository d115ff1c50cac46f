/**
 * The engine with devices that fail as the environment says (`REVERIE_FAULTS`, a list of faults in JSON), and that have been
 * proven before (`REVERIE_PROVEN`, devices with their milliseconds). Built and forked by tests.
 */
import { handlersOf } from '../../../../shared/rpc/contract.ts';
import { engineContract } from '../../../../shared/contract.ts';
import { GIVEN_UP } from '../../../../shared/pulse.ts';
import { ipcPort } from '../../../../shared/rpc/ipc-port.ts';
import { serve } from '../../../../shared/rpc/serve.ts';
import { Proofs } from '../../runtime/proofs.ts';
import type { Device } from '../../runtime/runtime.ts';
import { createEngineService } from '../../service.ts';
import { faultyDevices, type Fault } from './faulty-device.ts';

const read = <T>(name: string, otherwise: T): T => {
  const text = process.env[name] ?? '';
  return text === '' ? otherwise : (JSON.parse(text) as T);
};

const proofs = new Proofs(process.env['REVERIE_HOME'] ?? '');
for (const [device, msPerStep] of read<[Device, number][]>('REVERIE_PROVEN', []))
  await proofs.write(device, { outcome: 'usable', reason: null, msPerStep });

const port = ipcPort(process);
const service = createEngineService(undefined, {
  givenUp: (process.env[GIVEN_UP] ?? '').split(','),
  tell: (pulse) => port.post({ pulse }),
  openDevice: faultyDevices(read<Fault[]>('REVERIE_FAULTS', [])),
});
serve(handlersOf(engineContract, service), port);
process.on('disconnect', () => process.exit());
