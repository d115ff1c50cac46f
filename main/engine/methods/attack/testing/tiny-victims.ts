/** Networks of a few kilobytes, a photo, and attacks on them. `tinyVictims` prepares them and registers what clears them away. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { errorData } from '../../../../../shared/errors.ts';
import type { JobEvent } from '../../../../../shared/jobs.ts';
import type { AttackResult } from '../../../../../shared/methods/attack.ts';
import { parseRequest } from '../../../../../shared/methods/request.ts';
import { random } from '../../../ascent/random.ts';
import { toLevels } from '../../../attack/lattice.ts';
import { float32 } from '../../../graph/tensor.ts';
import { decodeImage, saveImage } from '../../../imaging/codec.ts';
import { createPixels, type Pixels } from '../../../imaging/pixels.ts';
import { loadModel } from '../../../models/load.ts';
import { Model } from '../../../models/model.ts';
import { ProgramCache } from '../../../runtime/cache.ts';
import { onnxRuntime } from '../../../runtime/onnxruntime.ts';
import { tinyGraph, writeTinyModel } from '../../../testing/tiny-model.ts';
import type { MethodContext, OpenNetwork } from '../../common/context.ts';
import { runAttack } from '../job.ts';

export interface Run {
  readonly events: readonly JobEvent<AttackResult>[];
  readonly result: AttackResult;
}

export interface TinyVictims {
  /** Of the test file; it is removed after its tests. */
  readonly folder: string;
  readonly tiny: MethodContext;
  /** Takes blue first and has other means: the same attack has the same bounds. */
  readonly other: MethodContext;
  /** `null` for `tiny`; also `other`, `sure` without logits, and `elsewhere`, which learnt from `tiny`. */
  readonly open: OpenNetwork;
  /** 50 × 44 pixels, the file they are in, and its samples in levels of 0 to 255. */
  readonly scene: Pixels;
  readonly photo: string;
  readonly original: Uint8Array;
  /** An attack on the photo, to its end. @param network by name, as for `open` */
  readonly run: (settings: object, rest?: object, network?: string | null) => Promise<Run>;
}

export async function tinyVictims(): Promise<TinyVictims> {
  const folder = await mkdtemp(join(tmpdir(), 'reverie-attack-'));
  const programs = new ProgramCache(2 ** 26);
  afterAll(async () => {
    await programs.clear();
    await rm(folder, { recursive: true });
  });

  writeTinyModel(join(folder, 'tiny.onnx'));
  writeTinyModel(join(folder, 'other.onnx'), {
    input: { channelOrder: 'BGR', mean: [104, 117, 124], std: [60, 60, 60], size: 24 },
  });
  const runtime = onnxRuntime({ threads: 1 });
  const context = (model: Model): MethodContext => ({ model, runtime, programs });
  const tiny = context(await loadModel(join(folder, 'tiny.onnx')));
  const other = context(await loadModel(join(folder, 'other.onnx')));
  const { card } = tiny.model;
  const { logits: _, ...withoutLogits } = card;
  const networks = new Map([
    ['tiny', tiny],
    ['other', other],
    ['sure', context(new Model('sure', 'sure', probabilitiesOnly(), withoutLogits))],
    ['elsewhere', context(new Model('elsewhere', 'elsewhere', otherWeights(), { ...card, teacher: 'tiny' }))],
  ]);
  const open: OpenNetwork = (name) => Promise.resolve(networks.get(name ?? 'tiny') ?? tiny);

  const scene = createPixels(50, 44);
  scene.data.forEach((_, i) => (scene.data[i] = 0.5 + 0.45 * Math.sin(i * 0.17) * Math.cos(i * 0.013)));
  const photo = join(folder, 'photo.png');
  await saveImage(scene, photo);
  const original = toLevels((await decodeImage(photo)).pixels.data);

  let serial = 0;
  return {
    ...{ folder, tiny, other, open, scene, photo, original },
    async run(settings, rest = {}, network = null) {
      const request = parseRequest('attack', {
        image: photo,
        settings: { eps: '32/255', ...settings },
        out: join(folder, `out-${serial++}.png`),
        perturbation: null,
        transfer: [],
        preview: null,
        ...rest,
      });
      const events: JobEvent<AttackResult>[] = [];
      for await (const event of runAttack((name) => open(name ?? network), request)) events.push(event);
      const last = events.at(-1);
      if (last?.kind !== 'done') throw new Error('no result');
      return { events, result: last.result };
    },
  };
}

/** The code of the error that work ends with. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => errorData(error).code,
  );

/** What the tiny network ends in are probabilities that no softmax of ours gives. */
function probabilitiesOnly(): Model['graph'] {
  const end = { op: 'Relu', name: 'end', inputs: ['prob'], outputs: ['end'], attributes: {} };
  return { ...tinyGraph, outputs: ['end'], nodes: [...tinyGraph.nodes, end] };
}

/** Nearly the same filters. */
function otherWeights(): Model['graph'] {
  const next = random(9);
  const constants = new Map(
    [...tinyGraph.constants].map(([name, { dims, data }]) => {
      const moved = Array.from(data, (w: number | bigint) => Number(w) + 0.2 * (next() - 0.5));
      return [name, float32(moved, dims)] as const;
    }),
  );
  return { ...tinyGraph, constants };
}
