import { describe, expect, it } from 'vitest';
import type { DeviceRow } from '../../../shared/contract/devices.ts';
import type { EngineRequest } from '../../../shared/contract.ts';
import { ReverieError } from '../../../shared/errors.ts';
import { probeDevices, type ProbeEngine } from './device-probes.ts';

const untried: DeviceRow = {
  device: 'webgpu',
  runtime: 'onnxruntime',
  usable: false,
  untried: true,
  reason: 'Nobody has tried it.',
  msPerStep: null,
  note: null,
};
const cpu: DeviceRow = {
  ...untried,
  device: 'cpu',
  usable: true,
  untried: false,
  reason: null,
  msPerStep: 5,
};

/** An engine that knows the CPU, and probes that answer as told. */
function workshop(answer: (request: EngineRequest<'devices'>) => Promise<{ devices: DeviceRow[] }>) {
  const log: unknown[] = [];
  const engine = {
    devices: (request: EngineRequest<'devices'>) => {
      log.push(request);
      return Promise.resolve({ devices: [cpu, untried] });
    },
  };
  const open = (): ProbeEngine => ({
    api: {
      devices: (request) => {
        log.push(request);
        return answer(request);
      },
    },
    close: (graceMs) => {
      log.push(`closed after ${graceMs}`);
      return Promise.resolve();
    },
  });
  return { log, engine, open };
}

const found: DeviceRow = { ...untried, usable: true, untried: false, reason: null, msPerStep: 2 };

describe('probes', () => {
  it.each([false, true])(
    'try only what nobody has tried, in an engine that is closed afterwards: measured %s',
    async (measure) => {
      const { log, engine, open } = workshop(() => Promise.resolve({ devices: [found] }));
      expect(await probeDevices(engine, open, { measure })).toEqual([cpu, found]);
      expect(log).toEqual([{ measure, device: null }, { measure, device: 'webgpu' }, 'closed after 0']);
    },
  );

  it.each<[string, () => Promise<never>, RegExp]>([
    [
      'a crash',
      () => Promise.reject(new ReverieError('engine/crashed', 'The engine ended unexpectedly (SIGSEGV).')),
      /^It cannot be tried: The engine ended unexpectedly \(SIGSEGV\)\.$/,
    ],
    ['silence', () => new Promise<never>(() => undefined), /^It gave no answer within 0\.02 seconds/],
  ])('survive %s', async (_, answer, reason) => {
    const { log, engine, open } = workshop(answer);
    const rows = await probeDevices(engine, open, { measure: false }, 20);
    expect(rows[1]).toMatchObject({
      usable: false,
      untried: false,
      reason: expect.stringMatching(reason) as string,
    });
    expect(log.at(-1)).toBe('closed after 0');
  });
});
