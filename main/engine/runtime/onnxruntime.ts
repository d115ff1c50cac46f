/** ONNX Runtime: the CPU everywhere, and the graphics cards through the providers that its package has. */
import * as ort from 'onnxruntime-node';
import { writeOnnx } from '../formats/onnx-write.ts';
import type { Graph, Name } from '../graph/graph.ts';
import { expandPowers } from '../graph/optimise/powers.ts';
import { float32 } from '../graph/tensor.ts';
import { failure } from './failure.ts';
import type { Device, Program, Runtime, Values } from './runtime.ts';

/** Devices that ONNX Runtime computes on. */
export type OnnxDevice = Exclude<Device, 'tensorflow'>;

export interface OnnxRuntimeOptions {
  readonly device?: OnnxDevice;
  /** Threads of one run; 0 lets ONNX Runtime choose the number of physical cores. */
  readonly threads?: number;
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
  readonly #session: ort.InferenceSession;
  readonly #device: Device;

  constructor(session: ort.InferenceSession, device: Device, graph: Graph) {
    this.#session = session;
    this.#device = device;
    this.outputs = graph.outputs;
  }

  async run(feeds: Values): Promise<Values> {
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, { data, dims }]) => [name, new ort.Tensor('float32', data, dims)]),
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
      const session = await ort.InferenceSession.create(
        writeOnnx(expandPowers(graph)),
        sessionOptions(options),
      ).catch((error: unknown) => {
        throw failure(device, 'cannot be used', error);
      });
      return new Session(session, device, graph);
    },
  };
}
