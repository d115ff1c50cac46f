/** A studio over a folder of its own, with pictures to work on. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dream } from '../../../shared/recipes/dream.ts';
import { defaultsOf } from '../../../shared/recipes/fields.ts';
import type { Picture } from '../../../shared/studio/gallery.ts';
import type { Job, Order, JobState } from '../../../shared/studio/jobs.ts';
import { encodePng } from '../../engine/imaging/codec.ts';
import { openStudio, type Studio, type StudioOptions } from '../studio.ts';
import { fakeEngine, type FakeEngine } from './fake-engine.ts';
import { fromBytes } from '../../engine/imaging/testing/pictures.ts';

export interface TemporaryStudio {
  readonly home: string;
  readonly engine: FakeEngine;
  studio: Studio;
  /** As after the end of the program; without `close`, as after its death. */
  reopen(): Promise<void>;
  /** A new picture of 4 × 4 pixels, offered under a name. */
  offer(name: string, grey: number): Promise<string>;
  /** One in the gallery. */
  picture(name: string): Promise<Picture>;
  job(id: string): Promise<Job>;
  /** Resolves when the job is in a state. */
  until(id: string, state: JobState, atStep?: number): Promise<Job>;
  close(): Promise<void>;
}

export async function temporaryStudio(
  options: Pick<StudioOptions, 'directFrames'> = {},
): Promise<TemporaryStudio> {
  const home = await mkdtemp(join(tmpdir(), 'reverie-studio-'));
  const outside = await mkdtemp(join(tmpdir(), 'reverie-files-'));
  const engine = fakeEngine();
  const it: TemporaryStudio = {
    home,
    engine,
    studio: await openStudio({ home, engine, ...options }),
    async reopen() {
      it.studio = await openStudio({ home, engine, ...options });
    },
    async offer(name, grey) {
      const path = join(outside, name);
      await writeFile(path, await greyPng(grey));
      return it.studio.offers.add({ path, name, temporary: false });
    },
    async picture(name) {
      const grey = Buffer.from(name).reduce((sum, byte) => (sum * 31 + byte) % 251, 7);
      const [imported] = await it.studio.service.importFiles({ offers: [await it.offer(name, grey)] });
      if (imported?.kind !== 'picture') throw new Error(JSON.stringify(imported));
      return imported.picture;
    },
    job: (id) => first(it.studio.service.jobs(), ({ changed }) => changed.find((job) => job.id === id)),
    async until(id, state, atStep = 0) {
      const { jobs, progress } = it.studio.service;
      const job = await first(jobs(), ({ changed }) =>
        changed.find((one) => one.id === id && one.state === state),
      );
      if (state !== 'running' || atStep === 0) return job;
      return first(progress(), (latest) =>
        latest?.job === id && latest.progress.step >= atStep
          ? { ...job, progress: latest.progress, frames: latest.frames }
          : undefined,
      );
    },
    async close() {
      await it.studio.close();
      await rm(home, { recursive: true, force: true });
      await rm(outside, { recursive: true, force: true });
    },
  };
  return it;
}

export function greyPng(grey: number): Promise<Uint8Array> {
  return encodePng(fromBytes(new Uint8Array(48).fill(grey), 4, 4));
}

export function orderFor(
  picture: string,
  settings: Partial<Order<'dream'>['settings']> = {},
): Order<'dream'> {
  const complete = { ...defaultsOf(dream), steps: 5, ...settings };
  return {
    method: 'dream',
    picture,
    model: null,
    runtime: 'auto',
    device: 'auto',
    settings: complete,
    branch: null,
    repeats: null,
  };
}

/** The first thing that is found in a stream. */
async function first<Value, Found>(
  stream: AsyncIterable<Value>,
  find: (value: Value) => Found | undefined,
): Promise<Found> {
  for await (const value of stream) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  throw new Error('The stream ended first.');
}
