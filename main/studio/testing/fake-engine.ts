/**
 * An engine for tests of the studio: it keeps every promise of the contract with files, checkpoints and events, but a step only
 * makes the picture a little darker.
 */
import type { RequestOf } from '../../../shared/methods/request.ts';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DreamResult } from '../../../shared/methods/dream.ts';
import type { EngineApi } from '../../../shared/contract.ts';
import type { ModelSummary } from '../../../shared/contract/models.ts';
import { ReverieError } from '../../../shared/errors.ts';
import type { JobEvent } from '../../../shared/jobs.ts';
import { readRecipe, type Recipe } from '../../../shared/recipes/recipe.ts';
import { absentEngine } from '../../../shared/testing/absent-engine.ts';
import { decodeImage, encodePng, saveImage } from '../../engine/imaging/codec.ts';
import { fromBytes } from '../../engine/imaging/testing/pictures.ts';

export interface FakeEngine extends EngineApi {
  /** Every request for a dream, in order. */
  readonly requests: RequestOf<'dream'>[];
  /** How many dreams run at this moment, and the most that ever did. */
  readonly running: { now: number; most: number };
  /** The pace: how long a step takes, in ms. */
  msPerStep: number;
  /** Makes the dream that runs fail like this at its next step. */
  failure: Error | undefined;
  models: ModelSummary[];
}

const OCTAVES = 2;

const dreamnet: ModelSummary = {
  id: 'dreamnet',
  title: 'Dreamnet',
  short: 'dreamnet',
  format: 'onnx',
  bytes: 10,
  default: true,
  shipped: true,
};

export function fakeEngine(): FakeEngine {
  const running = { now: 0, most: 0 };
  const engine: FakeEngine = {
    ...absentEngine,
    requests: [],
    running,
    msPerStep: 1,
    failure: undefined,
    models: [dreamnet],
    listModels: () => Promise.resolve({ models: engine.models }),
    inspectModel: ({ model }) =>
      Promise.reject(new ReverieError('model/unreadable', `"${model ?? ''}" is no network.`)),
    importModel: ({ file }) =>
      Promise.reject(new ReverieError('model/unreadable', `"${file.name}" is no network.`)),
    classify: ({ images }) =>
      Promise.resolve({
        model: 'dreamnet',
        runtime: 'fake',
        device: 'cpu',
        seconds: 0,
        answers: 'softmax',
        images: images.map((path) => ({ path, classes: [{ index: 0, label: 'cat', probability: 1 }] })),
        failed: [],
      }),
    devices: () => Promise.resolve({ devices: [] }),
    async readRecipe({ path }) {
      const { recipe } = await decodeImage(path);
      if (recipe === undefined) throw new ReverieError('recipe/missing', `"${path}" holds no recipe.`);
      return readRecipe(recipe);
    },
    async *dream(request) {
      engine.requests.push(request);
      running.now++;
      running.most = Math.max(running.most, running.now);
      try {
        yield* dream(request, engine);
      } finally {
        running.now--;
      }
    },
  };
  return engine;
}

async function* dream(
  request: RequestOf<'dream'>,
  engine: FakeEngine,
): AsyncGenerator<JobEvent<DreamResult>> {
  const { frames, checkpoint, settings, start } = request;
  const of = OCTAVES * settings.steps;
  const source = await decodeImage(request.image);
  if (frames !== null) await mkdir(frames, { recursive: true });
  yield {
    kind: 'started',
    steps: of,
    width: 4,
    height: 4,
    runtime: 'fake',
    device: request.device === 'auto' ? 'cpu' : request.device,
    notes: ['A note.'],
  };
  let latest: string | undefined;
  try {
    for (let step = (start?.step ?? 0) + 1; step <= of; step++) {
      await sleep(engine.msPerStep);
      if (engine.failure !== undefined) {
        latest = undefined; // A crash writes nothing.
        const failure = engine.failure;
        engine.failure = undefined;
        throw failure;
      }
      const octave = Math.ceil(step / settings.steps);
      const grey = 255 - step;
      const picture = fromBytes(new Uint8Array(48).fill(grey), 4, 4);
      if (frames !== null) await saveImage(picture, join(frames, `${String(step).padStart(4, '0')}.png`));
      latest = `reverie-checkpoint-1 ${JSON.stringify({ octave, step, width: 4, height: 4 })}\n`;
      if (checkpoint?.everyMs === 0 || step % 3 === 0) await writeFile(checkpoint?.path ?? '', latest);
      const frame = { width: 1, height: 1, rgba: new Uint8Array([grey, grey, grey, 255]) };
      const stage = { octave, octaves: OCTAVES, width: 4, height: 4 };
      const event = { step, of, stage, objective: step / 10, ms: 1 };
      yield { kind: 'step', ...event, ...(request.preview === null ? {} : { frame }) };
    }
  } finally {
    if (checkpoint !== null && latest !== undefined) await writeFile(checkpoint.path, latest);
  }
  const recipe: Recipe<'dream'> = {
    reverie: 1,
    method: 'dream',
    model: {
      ...{ name: 'dreamnet', sha256: '0'.repeat(64) },
      ...(typeof request.output === 'string' ? { output: request.output } : {}),
    },
    source: { name: 'a.png', sha256: await sha256(request.image), width: 4, height: 4 },
    settings,
  };
  await writeFile(request.out, await encodePng(source.pixels, { recipe, text: { job: request.out } }));
  const result = {
    output: request.out,
    recipe,
    model: 'dreamnet',
    runtime: 'fake',
    device: 'cpu',
    steps: of,
  };
  yield { kind: 'done', result: { ...result, seconds: 1, msPerStep: 1, objective: { first: 0, last: 1 } } };
}

async function sha256(path: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await readFile(path));
  return Buffer.from(digest).toString('hex');
}
