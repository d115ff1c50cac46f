import { requestOf, type RequestOf } from '../../../shared/methods/request.ts';
import { describe, expect, it } from 'vitest';
import type { EngineService } from '../../../shared/contract.ts';
import { dream } from '../../../shared/recipes/dream.ts';
import { defaultsOf } from '../../../shared/recipes/fields.ts';
import { absentEngine } from '../../../shared/testing/absent-engine.ts';
import { FrameTap } from './frame-tap.ts';

const request = (channel?: string): RequestOf<'dream'> =>
  requestOf('dream', {
    image: 'a.png',
    settings: defaultsOf(dream),
    out: 'b.png',
    preview: { maxSide: 1, everyMs: 0, ...(channel === undefined ? {} : { channel }) },
  });

/** Three steps, each with a frame. */
const left: string[] = [];
const service: EngineService = {
  ...absentEngine,
  async *dream({ preview }) {
    try {
      for (let step = 1; step <= 3; step++) {
        const frame = { width: 1, height: 1, rgba: new Uint8Array([step, 0, 0, 255]) };
        const event = { step, of: 3, ms: 1 };
        yield { kind: 'step', ...event, frame };
        await Promise.resolve();
      }
    } finally {
      left.push(preview?.channel ?? '');
    }
  },
};

describe('a reader of frames', () => {
  it('that comes too late is told so, and leaves nothing behind', async () => {
    const tap = new FrameTap(20);
    for await (const event of tap.over(service).dream(request('over'))) expect(event.kind).toBe('step');
    const late = Array.from({ length: 5 }, () => tap.frames('over', new AbortController().signal).next());
    expect(tap.size).toBe(1);
    for (const frame of late) expect((await frame).done).toBe(true);
    expect(tap.size).toBe(0);
  });

  it('that leaves before any job comes leaves nothing behind', async () => {
    const tap = new FrameTap();
    const leave = new AbortController();
    const frame = tap.frames('never', leave.signal).next();
    expect(tap.size).toBe(1);
    leave.abort();
    expect((await frame).done).toBe(true);
    expect(tap.size).toBe(0);
  });

  it('may wait longer for the frames of a job that runs', async () => {
    const tap = new FrameTap(10);
    const events = tap.over(service).dream(request('slow'))[Symbol.asyncIterator]();
    const reader = tap.frames('slow', new AbortController().signal);
    await events.next();
    expect((await reader.next()).value).toMatchObject({ step: 1 });
    await new Promise((resolve) => setTimeout(resolve, 40));
    await events.next();
    expect((await reader.next()).value).toMatchObject({ step: 2 });
    await events.return?.();
    expect((await reader.next()).done).toBe(true);
    expect(tap.size).toBe(0);
  });
});

describe('the tap', () => {
  it('leaves a dream alone that names no channel', async () => {
    const events = [];
    for await (const event of new FrameTap().over(service).dream(request())) events.push(event);
    expect(events.map((event) => 'frame' in event)).toEqual([true, true, true]);
  });

  it('sends the frames of one that does to a reader, newest only, and ends with it', async () => {
    const tap = new FrameTap();
    const frames = tap.frames('job', new AbortController().signal);
    const first = frames.next();
    const events = tap.over(service).dream(request('job'))[Symbol.asyncIterator]();
    expect((await events.next()).value).not.toHaveProperty('frame');
    expect((await first).value).toMatchObject({ step: 1, rgba: new Uint8Array([1, 0, 0, 255]) });
    await events.next();
    await events.next();
    expect((await frames.next()).value).toMatchObject({ step: 3 });
    const end = frames.next();
    expect((await events.next()).done).toBe(true);
    expect((await end).done).toBe(true);
  });

  it('lets either side leave', async () => {
    const tap = new FrameTap();
    const leave = new AbortController();
    const frames = tap.frames('job', leave.signal);
    const waiting = frames.next();
    leave.abort();
    expect((await waiting).done).toBe(true);
    const events = tap.over(service).dream(request('gone'))[Symbol.asyncIterator]();
    await events.next();
    const end = tap.frames('gone', new AbortController().signal);
    expect((await end.next()).value).toMatchObject({ step: 1 });
    const last = end.next();
    await events.return?.();
    expect(left.at(-1)).toBe('gone');
    expect((await last).done).toBe(true);
  });
});
