import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Heartbeat } from '../../../shared/heartbeat.ts';
import { TIMEOUTS, Watchdog } from './watchdog.ts';
import { fromPs, fromStat, processorTime } from './processor-time.ts';

let hangs: string[] = [];
let spent: number | undefined = 0;
let dog: Watchdog;

beforeEach(() => {
  vi.useFakeTimers();
  hangs = [];
  spent = 0;
  dog = new Watchdog({
    timeouts: TIMEOUTS,
    processorTime: () => Promise.resolve(spent),
    onHang: (sentence) => hangs.push(sentence),
  });
});
afterEach(() => {
  dog.end();
  vi.useRealTimers();
});

const wait = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(1000 * seconds);
const beat = (device: Heartbeat['device'], work: Heartbeat['work']): void => dog.beat({ device, work });

/** A step of so many seconds. */
async function step(seconds: number, work: Heartbeat['work'] = 'run'): Promise<void> {
  beat('webgpu', work);
  await wait(seconds);
  beat('webgpu', null);
}

describe('a graphics card hangs', () => {
  it('after a minute where its steps are short', async () => {
    dog.asked();
    await step(0.5);
    beat('webgpu', 'run');
    await wait(58);
    expect(hangs).toEqual([]);
    await wait(5);
    expect(hangs).toEqual([
      expect.stringMatching(
        /^The device "webgpu" has not answered for 6\d seconds, where a step took 0\.5 seconds at most\.$/,
      ),
    ]);
  });

  it('after twenty of its steps where they are long, and only those of this job count', async () => {
    dog.asked();
    await step(30);
    beat('webgpu', 'run');
    await wait(590);
    expect(hangs).toEqual([]);
    beat('webgpu', null);
    dog.begun();
    await step(1);
    beat('webgpu', 'run');
    await wait(65);
    expect(hangs).toHaveLength(1);
  });

  it.each(['compile', 'first run'] as const)('in a %s only after four minutes', async (work) => {
    dog.asked();
    beat('webgpu', work);
    await wait(235);
    expect(hangs).toEqual([]);
    await wait(10);
    expect(hangs).toEqual([expect.stringMatching(/while it was made ready\.$/)]);
  });

  it('whatever time its driver spends waiting in circles', async () => {
    dog.asked();
    beat('webgpu', 'first run');
    for (let i = 0; i < 250; i++) {
      spent = i;
      await wait(1);
    }
    expect(hangs).toHaveLength(1);
  });

  it('but not while nothing is asked of it', async () => {
    dog.asked();
    await step(1);
    dog.answered();
    await wait(100_000);
    expect(hangs).toEqual([]);
  });
});

describe('a processor', () => {
  it.each([['cpu'], ['tensorflow']] as const)('is slow for hours, and does not hang: %s', async (device) => {
    dog.asked();
    beat(device, 'run');
    for (let i = 0; i < 7200; i++) {
      spent = i * 0.01;
      await wait(1);
    }
    expect(hangs).toEqual([]);
  });

  it('hangs when it spends no time, whatever it was in', async () => {
    dog.asked();
    await wait(119);
    expect(hangs).toEqual([]);
    await wait(10);
    expect(hangs).toEqual([
      expect.stringMatching(/^The engine has neither answered nor computed for 12\d seconds\.$/),
    ]);
  });

  it('is left alone where nobody can tell its time', async () => {
    spent = undefined;
    dog.asked();
    beat('cpu', 'run');
    await wait(3600);
    expect(hangs).toEqual([]);
  });
});

it('a machine that slept for a night has heard nothing either', async () => {
  dog.asked();
  await step(1);
  beat('webgpu', 'run');
  // The clock goes on, but no timer does.
  const now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => now + 8 * 3_600_000 + Date.now() / 1e9);
  await wait(5);
  expect(hangs).toEqual([]);
  vi.restoreAllMocks();
});

describe('the time that another process has spent', () => {
  it('is read as Linux and macOS tell it', () => {
    const rest = '1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 11 0 100 5 6';
    expect(fromStat(`4711 (a (strange) name) S ${rest}`)).toBe(3);
    expect([fromPs('  0:01.50\n'), fromPs('02:03:04'), fromPs('1-00:00:01')]).toEqual([1.5, 7384, 86_401]);
    expect([fromPs(''), fromStat('')]).toEqual([undefined, undefined]);
  });

  it('grows with work', async () => {
    vi.useRealTimers();
    const before = await processorTime(process.pid);
    // By its own clock: other programs may have the processors for a while.
    const begin = process.cpuUsage().user;
    let work = 0;
    while (process.cpuUsage().user - begin < 300_000) work += Math.sqrt(work + 1);
    expect((await processorTime(process.pid)) ?? NaN).toBeGreaterThan((before ?? NaN) + 0.1);
    expect(await processorTime(undefined)).toBeUndefined();
    expect(await processorTime(2 ** 30)).toBeUndefined();
  });
});
