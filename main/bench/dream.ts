/** A whole dream as people start it: from a file to a file, and what it costs beside the network's own arithmetic. */
import { fork } from 'node:child_process';
import { basename, join } from 'node:path';

export interface DreamTask {
  /** Path of the network. */
  readonly model: string;
  readonly width: number;
  readonly height: number;
  /** Octaves, and steps in each; null for what people get. */
  readonly octaves: number | null;
  readonly steps: number | null;
}

export interface DreamFigures {
  readonly steps: number;
  /** From the request to the written picture. */
  readonly seconds: number;
  /** Of these, inside the runtime's programs. */
  readonly engineSeconds: number;
  /** Most memory that the dream's process held at any time. */
  readonly peakRssMiB: number;
}

export interface DreamRow extends DreamFigures {
  /** Name of the network. */
  readonly model: string;
  /** Longer side of the picture. */
  readonly size: number;
  readonly width: number;
  readonly height: number;
  /** Time beside the programs, as a share of the time inside them. */
  readonly overhead: number;
  /** Peak memory of all processes together: that of the dream's and that of the one which started it. */
  readonly peakRssMiB: number;
}

const isFigures = (message: unknown): message is DreamFigures =>
  typeof message === 'object' && message !== null && 'peakRssMiB' in message;

/** Runs a dream in a process of its own, as the studio does. */
export async function benchDream(task: DreamTask): Promise<DreamRow> {
  const child = fork(join(import.meta.dirname, 'bench-dream.js'), { stdio: ['ignore', 2, 2, 'ipc'] });
  const figures = await new Promise<DreamFigures>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The dream's process ended with exit code ${code}.`)));
    child.once('message', (message) =>
      isFigures(message) ? resolve(message) : reject(new Error('The process told no figures.')),
    );
    child.send(task);
  });
  return {
    ...figures,
    model: basename(task.model, '.onnx'),
    size: Math.max(task.width, task.height),
    width: task.width,
    height: task.height,
    overhead: figures.seconds / figures.engineSeconds - 1,
    peakRssMiB: figures.peakRssMiB + process.resourceUsage().maxRSS / 1024,
  };
}
