/**
 * Devices that fail as drivers do, for tests: ONNX Runtime's CPU under another device's name, until its time has come. What
 * happens then happens to the whole process.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { ReverieError } from '../../../../shared/errors.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import type { Device, Program, Runtime, Values } from '../../runtime/runtime.ts';

export interface Fault {
  readonly device: Device;
  /**
   * `hang`: never answers, computes nothing; `spin`: never answers, computes for ever; `nan`: answers with no numbers; `lost`: says
   * that it is lost; `memory`: says that it has none left; `none`: fails to be opened; or the signal that ends the process.
   */
  readonly how: 'hang' | 'spin' | 'nan' | 'lost' | 'memory' | 'none' | 'SIGKILL' | 'SIGSEGV' | 'SIGABRT';
  /** In which run on the device, counted from 1 over all programs; every one from there on. */
  readonly run: number;
  /** A file that is written then; once it is there, nothing fails any more. */
  readonly once?: string;
  /** Only programs whose picture has at least so many pixels fail. */
  readonly pixels?: number;
}

/** How devices are opened, with these faults. */
export function faultyDevices(faults: readonly Fault[]): (device: Device, threads: number) => Runtime {
  return (device) => {
    const fault = faults.find((candidate) => candidate.device === device);
    const real = onnxRuntime({ threads: 1 });
    return fault === undefined ? { ...real, device } : faulty(real, fault);
  };
}

function faulty(real: Runtime, fault: Fault): Runtime {
  let runs = 0;
  return {
    name: real.name,
    device: fault.device,
    async compile(graph) {
      if (fault.how === 'none')
        throw new ReverieError('device/unusable', `The device "${fault.device}" cannot be used: no adapter.`);
      const program = await real.compile(graph);
      return {
        outputs: program.outputs,
        async run(feeds) {
          if (++runs < fault.run || !isDue(fault, feeds)) return program.run(feeds);
          return fail(fault, program, feeds);
        },
        dispose: () => program.dispose(),
      };
    },
  };
}

function isDue({ once, pixels = 0 }: Fault, feeds: Values): boolean {
  const largest = Math.max(...Object.values(feeds).map(({ data }) => data.length / 3));
  if (largest < pixels) return false;
  if (once === undefined) return true;
  if (existsSync(once)) return false;
  writeFileSync(once, '');
  return true;
}

async function fail({ device, how }: Fault, program: Program, feeds: Values): Promise<Values> {
  switch (how) {
    case 'hang':
      return forEver(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
    case 'spin':
      return forEver(() => undefined);
    case 'nan': {
      const values = await program.run(feeds);
      return Object.fromEntries(
        Object.entries(values).map(([name, tensor]) => [
          name,
          { ...tensor, data: tensor.data.map(() => NaN) },
        ]),
      );
    }
    case 'lost':
      throw new ReverieError(
        'device/unusable',
        `The device "${device}" failed while running the network: lost.`,
      );
    case 'memory':
      throw new ReverieError('device/memory', `The device "${device}" has too little memory for this step.`);
    case 'none':
      throw new Error('It was opened.');
    default:
      process.kill(process.pid, how);
      // Until the signal arrives.
      return forEver(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  }
}

function forEver(wait: () => unknown): never {
  for (;;) wait();
}
