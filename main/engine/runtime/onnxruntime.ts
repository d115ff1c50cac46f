/** ONNX Runtime: the CPU everywhere, and the graphics cards through the providers that its package has. */
import type * as ort from 'onnxruntime-node';
import { writeOnnx } from '../formats/onnx/write.ts';
import type { Graph, Name } from '../graph/graph.ts';
import { expandPowers } from '../graph/optimise/powers.ts';
import { float32 } from '../graph/tensor.ts';
import { causeOf } from './causes.ts';
import { failure } from './failure.ts';
import type { Device, Program, Runtime, Values } from './runtime.ts';

/** Devices that ONNX Runtime computes on. */
type OnnxDevice = Exclude<Device, 'tensorflow'>;

interface OnnxRuntimeOptions {
  readonly device?: OnnxDevice;
  /** Threads of one run; 0 lets ONNX Runtime choose the number of physical cores. */
  readonly threads?: number;
}

/** Loaded when it is needed: its package has no native part for some machines, and throws there. */
let library: Promise<typeof ort> | undefined;

function loadOnnxRuntime(): Promise<typeof ort> {
  // Its library tells Microsoft how it is used, and keeps a number for this machine, unless this is set before it is loaded.
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  return (library ??= import('onnxruntime-node'));
}

/** Why ONNX Runtime cannot be loaded on this machine, a sentence that says what to do; null when it is loaded. */
export async function onnxRuntimeObstacle(): Promise<string | null> {
  try {
    await loadOnnxRuntime();
    return null;
  } catch (error) {
    return `ONNX Runtime cannot be loaded: ${causeOf('cpu', error)}.`;
  }
}

/** Core ML's newer form of networks, which takes more operators than the first one. */
const ML_PROGRAM = 0x10;

/** What ONNX Runtime calls each device, and how it wants it. */
const PROVIDERS: Readonly<Record<OnnxDevice, ort.InferenceSession.ExecutionProviderConfig>> = {
  cpu: 'cpu',
  webgpu: 'webgpu',
  directml: 'dml',
  coreml: { name: 'coreml', coreMlFlags: ML_PROGRAM },
  cuda: 'cuda',
};

function sessionOptions({
  device = 'cpu',
  threads = 0,
}: OnnxRuntimeOptions): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [PROVIDERS[device]],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    // Reserving the memory of a whole run at once holds half as much again, and made nothing faster.
    // DirectML demands both of the next two.
    enableMemPattern: false,
    executionMode: 'sequential',
    // Errors arrive as exceptions; warnings about unused initialisers are not for users.
    logSeverityLevel: 3,
  };
}

class Session implements Program {
  readonly outputs: readonly Name[];
  readonly #Tensor: typeof ort.Tensor;
  readonly #session: ort.InferenceSession;
  readonly #device: Device;

  constructor(Tensor: typeof ort.Tensor, session: ort.InferenceSession, device: Device, graph: Graph) {
    this.#Tensor = Tensor;
    this.#session = session;
    this.#device = device;
    this.outputs = graph.outputs;
  }

  async run(feeds: Values): Promise<Values> {
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, { data, dims }]) => [name, new this.#Tensor('float32', data, dims)]),
    );
    const outputs = await this.#session.run(inputs).catch((error: unknown) => {
      throw failure(this.#device, 'failed while running the network', error);
    });
    return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, floats(name, tensor)]));
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }
}

function floats(name: string, tensor: ort.Tensor): Values[string] {
  const { data, dims } = tensor;
  if (!(data instanceof Float32Array))
    throw new Error(`Output "${name}" is ${tensor.type}, but programs answer in float32.`);
  return float32(data, dims);
}

/** A runtime on one device. Whether the device exists shows when the first graph is compiled. */
export function onnxRuntime(options: OnnxRuntimeOptions = {}): Runtime {
  const device = options.device ?? 'cpu';
  return {
    name: 'onnxruntime',
    device,
    async compile(graph) {
      const bytes = writeOnnx(expandPowers(graph));
      try {
        const { InferenceSession, Tensor } = await loadOnnxRuntime();
        const session = await InferenceSession.create(bytes, sessionOptions(options));
        return new Session(Tensor, session, device, graph);
      } catch (error) {
        throw failure(device, 'cannot be used', error);
      }
    },
  };
}
