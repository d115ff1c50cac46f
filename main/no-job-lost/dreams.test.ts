/** A dream whose device fails goes on, on another one, and tells it in a sentence; on the processor it survives one end of its engine. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../engine/process/testing/faulty-device.ts';
import { STEPS, faultyJobs, follow, timeouts, whole } from './testing/faulty-jobs.ts';

const jobs = faultyJobs();

describe('a dream goes on, told in a sentence', () => {
  it.each<[string, Fault, RegExp]>([
    [
      'when the device is silent in a step',
      { device: 'webgpu', how: 'hang', run: 4 },
      /^The device "webgpu" has not answered for \d+ seconds, where a step took [\d.]+ seconds at most\. The job goes on after step 3 on the device "cpu"\.$/,
    ],
    [
      'when the driver turns in circles',
      { device: 'webgpu', how: 'spin', run: 4 },
      /has not answered .* The job goes on after step 3 on the device "cpu"\.$/,
    ],
    [
      'when it is silent from the very first step',
      { device: 'webgpu', how: 'hang', run: 1 },
      /has not answered for \d+ seconds, while it was made ready\. The job begins anew on the device "cpu"\.$/,
    ],
    [
      'when a driver ends the process',
      { device: 'webgpu', how: 'SIGSEGV', run: 5 },
      /\(SIGSEGV\): a native library touched .* The job goes on after step 4 on the device "cpu"\.$/,
    ],
    [
      'when the process is killed',
      { device: 'webgpu', how: 'SIGKILL', run: 5 },
      /\(SIGKILL\): it was killed, .* The job goes on after step 4 on the device "cpu"\.$/,
    ],
    [
      'when the device is lost',
      { device: 'webgpu', how: 'lost', run: 5 },
      /lost\. The job goes on with the device "cpu"\.$/,
    ],
    [
      'when its numbers are none from a step on',
      { device: 'webgpu', how: 'nan', run: 5 },
      /computed numbers that are not finite\. The job goes on with the device "cpu"\.$/,
    ],
    [
      'when there is no driver at all',
      { device: 'webgpu', how: 'none', run: 1 },
      /cannot be used: no adapter\. The job goes on with the device "cpu"\.$/,
    ],
  ])('%s', async (_, fault, sentence) => {
    const { engine } = jobs.open([fault]);
    const request = jobs.dream();
    const { steps, told, device, beginnings } = await follow(engine.dream(request));
    expect(told).toEqual([expect.stringMatching(sentence)]);
    expect({ steps, device, beginnings }).toEqual({ steps: whole, device: 'cpu', beginnings: 1 });
    expect(existsSync(request.out)).toBe(true);
  });

  it('through every device in turn', async () => {
    const faults: Fault[] = [
      { device: 'webgpu', how: 'hang', run: 3 },
      { device: 'tensorflow', how: 'SIGSEGV', run: 3 },
    ];
    const { host, engine } = jobs.open(faults, [
      ['cpu', 90],
      ['webgpu', 1],
      ['tensorflow', 9],
    ]);
    const { steps, told, device } = await follow(engine.dream(jobs.dream({ device: 'auto' })));
    expect(told).toEqual([
      expect.stringMatching(/"webgpu" has not .* after step 2 on the device "tensorflow"\.$/),
      expect.stringMatching(/SIGSEGV.* after step 4 on the device "cpu"\.$/),
    ]);
    expect({ steps, device }).toEqual({ steps: whole, device: 'cpu' });
    expect(host.givenUp).toEqual(['webgpu', 'tensorflow']);
  });

  it('and the next one does not try the device again', async () => {
    const { engine } = jobs.open([{ device: 'webgpu', how: 'SIGKILL', run: 2 }]);
    await follow(engine.dream(jobs.dream()));
    const { told, device, steps } = await follow(engine.dream(jobs.dream()));
    expect(told).toEqual([
      'The device "webgpu" failed before, so "cpu" computes until Reverie is started again.',
    ]);
    expect({ steps, device }).toEqual({ steps: whole, device: 'cpu' });
  });
});

describe('on the processor', () => {
  const cpu = { device: 'cpu' } as const;

  it.each<Fault['how']>(['SIGKILL', 'SIGSEGV', 'hang'])(
    'a dream survives one %s, and becomes the very picture it would have been',
    async (how) => {
      const undisturbed = jobs.dream(cpu);
      await follow(jobs.sound().dream(undisturbed));
      const { engine } = jobs.open([{ device: 'cpu', how, run: 8, once: join(jobs.home(), 'once') }]);
      // As from a terminal, which keeps no checkpoint: the job keeps its own, and leaves nothing of it.
      const request = jobs.dream({ ...cpu, checkpoint: null });
      const { told, steps, beginnings } = await follow(engine.dream(request));
      expect(told).toEqual([
        expect.stringMatching(/The job (begins anew|goes on after step \d+) on the device "cpu"\.$/),
      ]);
      expect({ last: steps.at(-1), beginnings }).toEqual({ last: 2 * STEPS, beginnings: 1 });
      expect(readFileSync(request.out)).toEqual(readFileSync(undisturbed.out));
      expect(readdirSync(join(request.out, '..'))).toHaveLength(1);
    },
  );

  it('a second end is told to the caller: nothing goes round for ever', async () => {
    const { engine } = jobs.open([{ device: 'cpu', how: 'SIGKILL', run: 3 }]);
    const request = jobs.dream({ ...cpu, checkpoint: null });
    await expect(follow(engine.dream(request))).rejects.toMatchObject({ code: 'engine/crashed' });
    expect(readdirSync(join(request.out, '..'))).toEqual([]);
  });

  it('work that is slow is not taken for a hang', async () => {
    const { host, engine } = jobs.open([{ device: 'cpu', how: 'spin', run: 3 }]);
    const events = engine.dream(jobs.dream(cpu))[Symbol.asyncIterator]();
    for (let i = 0; i < 3; i++) await events.next();
    const pid = host.pid;
    const silence = new Promise((resolve) => setTimeout(() => resolve('still at it'), 3 * timeouts.own));
    const next = events.next();
    next.catch(() => undefined);
    expect(await Promise.race([next, silence])).toBe('still at it');
    expect(host.pid).toBe(pid);
  });

  it('leaving a job does not wait for a step that never ends', async () => {
    const { engine } = jobs.open([{ device: 'webgpu', how: 'hang', run: 3 }]);
    const events = engine.dream(jobs.dream())[Symbol.asyncIterator]();
    for (let i = 0; i < 3; i++) await events.next();
    const next = events.next();
    await events.return?.();
    expect((await next).done).toBe(true);
    expect((await events.next()).done).toBe(true);
  });
});
