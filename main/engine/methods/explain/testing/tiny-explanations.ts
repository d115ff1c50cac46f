/**
 * A network of a few kilobytes, a photo, and explanations of it. `tinyExplanations` prepares a folder and registers what clears it
 * away.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { errorData, type ErrorData } from '../../../../../shared/errors.ts';
import type { JobEvent } from '../../../../../shared/jobs.ts';
import type { ExplainResult } from '../../../../../shared/methods/explain.ts';
import { parseRequest, type RequestOf } from '../../../../../shared/methods/request.ts';
import { readNpy, type Npy } from '../../../attribution/npy.ts';
import type { Graph, Node } from '../../../graph/graph.ts';
import { saveImage } from '../../../imaging/codec.ts';
import { createPixels } from '../../../imaging/pixels.ts';
import { loadModel } from '../../../models/load.ts';
import { Model } from '../../../models/model.ts';
import { ProgramCache } from '../../../runtime/cache.ts';
import { onnxRuntime } from '../../../runtime/onnxruntime.ts';
import { tinyGraph, writeTinyModel } from '../../../testing/tiny-model.ts';
import type { MethodContext } from '../../common/context.ts';
import { runExplain } from '../job.ts';

/** What the network sees is a square with that side. */
export const SIDE = 32;

export interface TinyExplanations {
  /** Of the test file; it is removed after its tests. */
  readonly folder: string;
  readonly tiny: MethodContext;
  /** A network with the card of the tiny one. @param logits the tensor that it ends in */
  readonly contextOf: (graph: Graph, logits?: string) => MethodContext;
  /** A free path for a result. @param ending with its dot */
  readonly place: (ending: string) => string;
  /** For the photo, which is in the folder. */
  readonly requestOf: (settings: object, rest?: object) => RequestOf<'explain'>;
  readonly explainAll: (
    settings: object,
    rest?: object,
    context?: MethodContext,
  ) => Promise<JobEvent<ExplainResult>[]>;
  readonly explain: (settings: object, rest?: object, context?: MethodContext) => Promise<ExplainResult>;
  /** The numbers of one method's map. */
  readonly numbers: (settings: object, context?: MethodContext) => Promise<Npy>;
}

export async function tinyExplanations(): Promise<TinyExplanations> {
  const folder = await mkdtemp(join(tmpdir(), 'reverie-explain-'));
  afterAll(() => rm(folder, { recursive: true }));
  writeTinyModel(join(folder, 'tiny.onnx'));
  const { card } = await loadModel(join(folder, 'tiny.onnx'));
  const scene = createPixels(50, 44);
  scene.data.forEach((_, i) => (scene.data[i] = 0.5 + 0.4 * Math.sin(i * 0.17) * Math.cos(i * 0.013)));
  await saveImage(scene, join(folder, 'photo.png'));

  let serial = 0;
  const contextOf = (graph: Graph, logits = 'logits'): MethodContext => ({
    model: new Model('network', digest(graph), graph, { ...card, logits }),
    runtime: onnxRuntime({ threads: 1 }),
    programs: new ProgramCache(0),
  });
  const tiny = contextOf(tinyGraph);
  const place = (ending: string): string => join(folder, `${serial++}${ending}`);
  const requestOf = (settings: object, rest: object = {}): RequestOf<'explain'> =>
    parseRequest('explain', { image: join(folder, 'photo.png'), settings, out: null, raw: null, ...rest });

  async function explainAll(
    settings: object,
    rest: object = {},
    context = tiny,
  ): Promise<JobEvent<ExplainResult>[]> {
    const events: JobEvent<ExplainResult>[] = [];
    for await (const event of runExplain(context, requestOf(settings, rest))) events.push(event);
    return events;
  }

  async function explain(settings: object, rest: object = {}, context = tiny): Promise<ExplainResult> {
    const last = (await explainAll(settings, rest, context)).at(-1);
    if (last?.kind !== 'done') throw new Error('no result');
    return last.result;
  }

  async function numbers(settings: object, context = tiny): Promise<Npy> {
    const raw = place('.npy');
    await explain(settings, { raw }, context);
    return readNpy(await readFile(raw));
  }

  return { folder, tiny, contextOf, place, requestOf, explainAll, explain, numbers };
}

const digest = ({ nodes }: Graph): string => createHash('sha256').update(JSON.stringify(nodes)).digest('hex');

/** The tiny network with other operators in the place of one. */
export function replaced(name: string, ...by: Node[]): Graph {
  const nodes = tinyGraph.nodes.flatMap((node) => (node.name === name ? by : [node]));
  return { ...tinyGraph, nodes };
}

/** An operator with one input, called as its output. */
export const node = (op: string, input: string, output: string): Node => ({
  op,
  name: output,
  inputs: [input],
  outputs: [output],
  attributes: {},
});

/** The error that work must end with. */
export const refused = (work: Promise<unknown>): Promise<ErrorData> =>
  work.then(() => Promise.reject(new Error('was not refused')), errorData);

export const total = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
