/** What executes graphs. A runtime compiles a graph for one device; nothing outside this folder knows which library does it. */
import type { Graph, Name } from '../graph/graph.ts';
import type { FloatTensor } from '../graph/tensor.ts';

/** Values of graph inputs or outputs, by name. */
export type Values = Readonly<Record<Name, FloatTensor>>;

/** A compiled graph. Its runs must not overlap; those of a leased program and of a `FallbackRuntime` wait for each other. */
export interface Program {
  /** Names of what it computes, in the order of the graph's outputs. */
  readonly outputs: readonly Name[];
  /**
   * Computes the graph's outputs.
   * @throws ReverieError `device/unusable` when the device fails, with its message, `device/memory` when it has too little memory
   */
  run(feeds: Values): Promise<Values>;
  dispose(): Promise<void>;
}

/** Names a processor a graph can run on. */
export type Device = 'cpu' | 'webgpu' | 'directml' | 'coreml' | 'cuda' | 'tensorflow';

export interface Runtime {
  readonly name: string;
  readonly device: Device;
  compile(graph: Graph, options?: CompileOptions): Promise<Program>;
  /** Gives up the device for the next one, which later programs are compiled for. @returns whether there is another */
  moveOn?(why: Error): boolean;
}

export interface CompileOptions {
  /** Whether whoever runs the program can do with less memory: then it is told of a lack before any other device is tried. */
  readonly frugal?: boolean;
}
