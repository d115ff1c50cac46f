/**
 * Every kind of job, cancelled while any of its network runs is under way: no other run begins, it ends at once, and every
 * program that it leased is given back.
 */
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseRequest } from '../../../shared/methods/request.ts';
import { errorData } from '../../../shared/errors.ts';
import type { JobEvent } from '../../../shared/jobs.ts';
import type { MethodName } from '../../../shared/methods/registry.ts';
import { attack } from '../../../shared/recipes/attack.ts';
import { attributionNames, attributions } from '../../../shared/recipes/attributions.ts';
import { random, uniformInteger } from '../ascent/random.ts';
import { saveImage } from '../imaging/codec.ts';
import { createPixels } from '../imaging/pixels.ts';
import { loadModel } from '../models/load.ts';
import { Model } from '../models/model.ts';
import { ProgramCache } from '../runtime/cache.ts';
import { countingRuntime } from '../testing/counting-runtime.ts';
import { writeTinyModel } from '../testing/tiny-model.ts';
import { runAtlas } from './atlas/job.ts';
import { runAttack } from './attack/job.ts';
import { runAttackSet } from './attack/set.ts';
import type { MethodContext } from './common/context.ts';
import { runDream } from './dream/job.ts';
import { runExamples } from './examples/job.ts';
import { runMeasureSet } from './explain/measure-set.ts';
import { runExplain } from './explain/job.ts';
import { runFilm } from './film/job.ts';
import { runVideo } from './video/job.ts';
import { runFilters } from './inspect/filters.ts';
import { runs } from './registry.ts';
import { runVisualize } from './visualize/job.ts';

/** Within so many ms after the run under way a job has let go. */
const AT_ONCE = 500;

const folder = await mkdtemp(join(tmpdir(), 'reverie-cancel-'));
afterAll(() => rm(folder, { recursive: true }));
writeTinyModel(join(folder, 'tiny.onnx'));
const model = await loadModel(join(folder, 'tiny.onnx'));
/** The same under another name, which may learn from it. */
const other = new Model('other', 'other', model.graph, model.card);
const photo = createPixels(50, 44);
photo.data.forEach((_, i) => (photo.data[i] = 0.5 + 0.45 * Math.sin(i * 0.17) * Math.cos(i * 0.013)));
const photos = ['one.png', 'two.png'].map((name) => join(folder, name));
for (const path of photos) await saveImage(photo, path);
const [image = ''] = photos;
const clip = join(folder, 'clip');
await mkdir(clip);
for (const name of ['1.png', '2.png', '3.png', '4.png']) await copyFile(image, join(clip, name));

type Start = (
  context: MethodContext,
  place: string,
  signal: AbortSignal,
) => AsyncGenerator<JobEvent<unknown>>;

const execution = { model: null, runtime: 'onnxruntime', device: 'cpu' };

const attackOf =
  (settings: object): Start =>
  (context, place, signal) => {
    const out = join(place, 'out.png');
    const few = { steps: 3, queries: 90, fresh: 3, samples: 2, restarts: 2, trials: 2, eps: '1/255' };
    const request = parseRequest('attack', { image, settings: { ...few, ...settings }, out, ...execution });
    return runAttack(
      (name) => Promise.resolve(name === null ? context : { ...context, model: other }),
      request,
      signal,
    );
  };

const attackSetOf =
  (settings: object): Start =>
  (context, _place, signal) => {
    const request = parseRequest('attackSet', { images: photos, settings, ...execution });
    return runAttackSet(() => Promise.resolve(context), request, signal);
  };

const setOfPictures =
  (method: 'dreamSet' | 'explainSet' | 'visualizeSet', settings: object): Start =>
  (context, place, signal) => {
    const inputs = method === 'visualizeSet' ? {} : { images: photos };
    const request = parseRequest(method, { ...inputs, settings, out: join(place, 'out'), ...execution });
    const environment = {
      open: () => Promise.resolve(context),
      others: () => Promise.resolve([]),
      cache: (name: string) => join(place, name),
    };
    return runs[method](environment, request as never, signal) as ReturnType<Start>;
  };

const free = { eps: null, norm: null };
const attacks = attack.method.options.map((method): [string, Start] => [
  `attack: ${method}`,
  attackOf({
    method,
    ...(['deepfool', 'cw', 'patch'].includes(method) ? free : {}),
    ...(method === 'substitute' ? { substitute: 'other' } : {}),
  }),
]);

/** Some of each method; filters run no network. */
const jobs: Readonly<Record<MethodName, readonly [string, Start][]>> = {
  attack: [
    ...attacks,
    ['attack: the smallest ε', attackOf({ method: 'pgd', eps: null, minimal: true })],
    ['attack: a patch anywhere', attackOf({ method: 'patch', placement: 'anywhere', ...free })],
  ],
  attackSet: [
    ['attacks on a set', attackSetOf({ method: 'pgd', steps: 4, fresh: 4 })],
    [
      'attacks on a set: a patch',
      attackSetOf({ method: 'patch', placement: 'anywhere', steps: 3, samples: 2, fresh: 2 }),
    ],
  ],
  dream: [
    [
      'a dream in tiles',
      (context, place, signal) => {
        const settings = { octaves: 2, steps: 2, size: 200, tile: 64, layers: 'relu1' };
        return runDream(
          context,
          parseRequest('dream', { image, settings, out: join(place, 'o.png'), ...execution }),
          signal,
        );
      },
    ],
    [
      'a dream with a guide',
      (context, place, signal) => {
        const settings = { octaves: 1, steps: 2, size: 48, layers: 'relu1', guide: image };
        return runDream(
          context,
          parseRequest('dream', { image, settings, out: join(place, 'o.png'), ...execution }),
          signal,
        );
      },
    ],
  ],
  film: [
    [
      'a film with layers that change, in segments',
      (context, place, signal) => {
        const film = { frames: 5, segment: 3, overlap: 1, loop: true, steps: 1, octaves: 1, size: 48 };
        const settings = { ...film, keys: '1 layers=relu1; 5 layers=relu2' };
        const request = parseRequest('film', { image, settings, out: join(place, 'film'), ...execution });
        return runFilm(context, request, signal);
      },
    ],
  ],
  video: [
    [
      'a video in segments',
      (context, place, signal) => {
        const settings = { segment: 2, overlap: 1, blend: 0.3, octaves: 1, size: 48, layers: 'relu2' };
        const request = parseRequest('video', { clip, settings, out: join(place, 'film'), ...execution });
        return runVideo(context, request, signal);
      },
    ],
  ],
  visualize: [
    [
      'a visualisation of several images',
      (context, place, signal) => {
        const settings = { target: 'channel:relu2/1;channel:relu2/2;class:1', steps: 3, size: 32 };
        const request = parseRequest('visualize', {
          settings,
          out: join(place, 'o.png'),
          separate: true,
          ...execution,
        });
        return runVisualize(context, request, signal);
      },
    ],
  ],
  explain: [
    [
      'an explanation',
      (context, _place, signal) => {
        const method = attributionNames.filter((name) => attributions[name].family !== 'attention');
        const settings = { method, samples: 8, nodes: 8, masks: 16, randomise: true };
        return runExplain(
          context,
          parseRequest('explain', { image, settings, pictures: true, ...execution }),
          signal,
        );
      },
    ],
  ],
  examples: [
    [
      'examples',
      (context, place, signal) => {
        const settings = { target: 'channel:relu2/1;class:1' };
        return runExamples(
          context,
          parseRequest('examples', { photos, settings, ...execution }),
          join(place, 'scans'),
          signal,
        );
      },
    ],
  ],
  atlas: [
    [
      'an atlas',
      (context, place, signal) => {
        const settings = { layer: 'relu2', steps: 2, size: 32 };
        const request = parseRequest('atlas', { settings, out: join(place, 'o.png'), ...execution });
        return runAtlas(context, request, join(place, 'atlas'), signal);
      },
    ],
  ],
  measureSet: [
    [
      'measures of a set',
      (context, _place, signal) => {
        const settings = { method: 'gradient', size: 32 };
        return runMeasureSet(
          context,
          parseRequest('measureSet', { images: photos, settings, ...execution }),
          signal,
        );
      },
    ],
  ],
  filters: [],
  dreamSet: [['dreams on a folder', setOfPictures('dreamSet', { octaves: 1, steps: 2, size: 48 })]],
  explainSet: [['explanations of a folder', setOfPictures('explainSet', {})]],
  visualizeSet: [
    [
      'visualisations of a list',
      setOfPictures('visualizeSet', { target: 'class:1;class:2', size: 32, steps: 2 }),
    ],
  ],
};

let serial = 0;

interface End {
  /** `done`, or the code of the error. */
  readonly code: string;
  /** Of the network that have begun. */
  readonly runs: number;
  /** Programs that are still leased, or were never disposed of. */
  readonly alive: number;
  /** From the last run's beginning to the end. */
  readonly ms: number;
}

type Stop = (run: number, cancellation: AbortController, job: AsyncGenerator | undefined) => void;

/** @param stop is called when a run begins, and may cancel the job or leave it */
async function ended(start: Start, stop: Stop): Promise<End> {
  const place = join(folder, String(serial++));
  await mkdir(place);
  const programs = new ProgramCache(2 ** 26);
  const cancellation = new AbortController();
  let since = performance.now();
  const runtime = countingRuntime((run) => {
    stop(run, cancellation, job);
    since = performance.now();
  });
  stop(0, cancellation, undefined);
  const job: AsyncGenerator = start({ model, runtime, programs }, place, cancellation.signal);
  const code = await finish(job);
  const ms = performance.now() - since;
  // What is kept for another time goes; what is still leased stays.
  await programs.clear();
  return { code, runs: runtime.runs, alive: runtime.alive, ms };
}

async function finish(job: AsyncGenerator): Promise<string> {
  try {
    while ((await job.next()).done !== true);
    return 'done';
  } catch (error) {
    return errorData(error).code;
  }
}

it.each(Object.values(jobs).flat())(
  '%s ends with the run under way, and gives back what it leased',
  async (name, start) => {
    const { runs, ...whole } = await ended(start, () => undefined);
    expect(whole).toMatchObject({ code: 'done', alive: 0 });
    const moment = uniformInteger(random(7, name.length), 2, runs - 2);
    // 0: before it begins.
    for (const last of new Set([0, 1, moment, runs - 1])) {
      const end = await ended(start, (run, cancellation) => {
        if (run === last) cancellation.abort();
      });
      const cancelled = { code: 'job/cancelled', runs: last, alive: 0 };
      expect(end, `cancelled in run ${last} of ${runs}`).toMatchObject(cancelled);
      expect(end.ms).toBeLessThan(AT_ONCE);
    }
    // Who stops reading says no more than that.
    const left = await ended(start, (run, _, job) => {
      if (run === moment) void job?.return(undefined);
    });
    expect(left, `left in run ${moment}`).toMatchObject({ code: 'done', alive: 0 });
  },
);

it('filters are not drawn for whoever has left', async () => {
  const out = join(folder, 'filters.png');
  const { code, alive } = await ended(
    (context, _, signal) =>
      runFilters(context, parseRequest('filters', { settings: {}, out, ...execution }), signal),
    (run, cancellation) => cancellation.abort(run),
  );
  expect({ code, alive }).toEqual({ code: 'job/cancelled', alive: 0 });
  await expect(readFile(out)).rejects.toThrow('ENOENT');
});

it('the training of the small substitute ends with the run under way, and gives back what it leased', async () => {
  const end = await ended(attackOf({ method: 'substitute', substitute: 'small' }), (run, cancellation) => {
    if (run === 100) cancellation.abort();
  });
  expect(end).toMatchObject({ code: 'job/cancelled', runs: 100, alive: 0 });
});

it.each<[string, number, (checkpoint: object, out: string) => Start]>([
  [
    'a dream of four tiles',
    1,
    (checkpoint, out) => (context, _, signal) => {
      const settings = { octaves: 1, steps: 4, size: 100, tile: 64, layers: 'relu1' };
      return runDream(
        context,
        parseRequest('dream', { image, settings, out, checkpoint, ...execution }),
        signal,
      );
    },
  ],
  [
    'a visualisation',
    5,
    (checkpoint, out) => (context, _, signal) => {
      const settings = { target: 'channel:relu2/1', steps: 9, size: 32 };
      const request = parseRequest('visualize', { settings, out, checkpoint, ...execution });
      return runVisualize(context, request, signal);
    },
  ],
])('%s keeps its last whole step in the checkpoint', async (name, last, start) => {
  const path = join(folder, `${name}.checkpoint`);
  const steps = start({ path, everyMs: 1e9 }, join(folder, 'kept.png'));
  const { code } = await ended(steps, (run, cancellation) => {
    if (run === 5) cancellation.abort();
  });
  expect(code).toBe('job/cancelled');
  expect((await readFile(path)).toString('latin1')).toContain(`"step":${last}`);
});

it('a dream whose picture of a step cannot be written keeps no state that is not what it says', async () => {
  const frames = join(folder, 'steps');
  const path = join(folder, 'unwritable.checkpoint');
  // What should be the third picture is a folder.
  await mkdir(join(frames, '0003.png'), { recursive: true });
  const settings = { octaves: 1, steps: 5, size: 48, layers: 'relu1' };
  const request = parseRequest('dream', {
    image,
    settings,
    out: join(folder, 'unwritten.png'),
    frames,
    frameScale: 'octave',
    checkpoint: { path, everyMs: 1e9 },
    ...execution,
  });
  const { code } = await ended(
    (context, _, signal) => runDream(context, request, signal),
    () => undefined,
  );
  expect(code).toBe('output/unwritable');
  await expect(readFile(path)).rejects.toThrow('ENOENT');
});
