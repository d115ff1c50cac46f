import { describe, expect, it } from 'vitest';
import { QUIET, THREADS } from '../../../shared/power.ts';
import { absentEngine } from '../../../shared/testing/absent-engine.ts';
import type { EngineProcess, StartEngine } from './process.ts';
import { processEnd, type ProcessEnd } from './process-end.ts';
import { EnginePowerSwitch } from './power.ts';

/** Processes that write down how they were started, and end when the test says so. */
function workshop() {
  const started: Readonly<Record<string, string>>[] = [];
  const log: string[] = [];
  const handlers: ((end: ProcessEnd, stderr: string) => void)[] = [];
  const start: StartEngine = (_entry, variables = {}): EngineProcess => {
    started.push(variables);
    return {
      pid: started.length,
      send: () => undefined,
      end: () => void log.push('end'),
      kill: () => void log.push('kill'),
      onMessage: () => undefined,
      onEnd: (handler) => void handlers.push(handler),
    };
  };
  const gone = (): void => handlers.splice(0).forEach((handler) => handler(processEnd(0, null), ''));
  return { start, started, log, gone };
}

const full = { threads: null, quiet: false };
const quiet = { threads: null, quiet: true };
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** A job that is over as soon as it has begun. */
const counted = (begun: () => void): AsyncIterable<never> => ({
  [Symbol.asyncIterator]: () => ({
    next: () => {
      begun();
      return Promise.resolve({ done: true, value: undefined });
    },
  }),
});

describe('the power of the engine', () => {
  it('is in the environment that a process starts with', () => {
    const { start, started } = workshop();
    const power = new EnginePowerSwitch(start, { threads: 3, quiet: true }, 8);
    power.start('engine.js', { OTHER: 'x' });
    expect(started).toEqual([{ OTHER: 'x', [THREADS]: '3', [QUIET]: '1' }]);
    expect(power.state.value).toEqual({ processors: 8, now: { threads: 3, quiet: true }, next: null });
  });

  it('changes at once where no engine runs', () => {
    const { start, started, log } = workshop();
    const power = new EnginePowerSwitch(start, full, 2);
    power.set(quiet);
    power.start('engine.js');
    expect([started, log]).toEqual([[{ [THREADS]: '', [QUIET]: '1' }], []]);
  });

  it('waits for what is under way, and new requests for the old process to be gone', async () => {
    const { start, log, gone } = workshop();
    const power = new EnginePowerSwitch(start, full, 2);
    power.start('engine.js');
    let finish = (): void => undefined;
    const engine = power.over({
      ...absentEngine,
      listModels: () => new Promise((resolve) => (finish = () => resolve({ models: [] }))),
    });
    const first = engine.listModels();
    await turn();
    power.set(quiet);
    expect(log).toEqual([]);
    expect(power.state.value).toEqual({ processors: 2, now: full, next: quiet });
    finish();
    await first;
    expect(log).toEqual(['end']);
    expect(power.state.value).toEqual({ processors: 2, now: quiet, next: null });
    let answered = false;
    const second = engine.listModels().then(() => (answered = true));
    await turn();
    finish();
    await turn();
    expect(answered).toBe(false);
    gone();
    await turn();
    finish();
    expect(await second).toBe(true);
  });

  it('is changed before the next job, however calls overlap', async () => {
    const { start, log, gone } = workshop();
    const power = new EnginePowerSwitch(start, full, 2);
    power.start('engine.js');
    const ends: (() => void)[] = [];
    let jobs = 0;
    const engine = power.over({
      ...absentEngine,
      listModels: () => new Promise((resolve) => ends.push(() => resolve({ models: [] }))),
      explain: () => counted(() => jobs++),
    });
    const request = { image: 'a.png' } as unknown as Parameters<typeof engine.explain>[0];
    const calls = [engine.listModels()];
    await turn();
    power.set(quiet);
    const job = engine.explain(request)[Symbol.asyncIterator]().next();
    calls.push(engine.listModels());
    await turn();
    ends[0]?.();
    await turn();
    expect([jobs, log]).toEqual([0, []]);
    ends[1]?.();
    await Promise.all(calls);
    expect(log).toEqual(['end']);
    expect(power.state.value.now).toEqual(quiet);
    gone();
    await job;
    expect(jobs).toBe(1);
  });

  it('lets a held job begin when the change is undone, unless it was left', async () => {
    const { start, log } = workshop();
    const power = new EnginePowerSwitch(start, full, 2);
    power.start('engine.js');
    let jobs = 0;
    const engine = power.over({
      ...absentEngine,
      listModels: () => new Promise(() => undefined),
      explain: () => counted(() => jobs++),
    });
    void engine.listModels();
    await turn();
    power.set(quiet);
    const request = { image: 'a.png' } as unknown as Parameters<typeof engine.explain>[0];
    const job = engine.explain(request)[Symbol.asyncIterator]().next();
    const another = engine.explain(request)[Symbol.asyncIterator]();
    const given = another.next();
    await turn();
    expect(jobs).toBe(0);
    await another.return?.();
    power.set(full);
    await Promise.all([job, given]);
    // The one that was given up meanwhile never began.
    expect([jobs, log]).toEqual([1, []]);
  });

  it('takes back a change that was undone in time', async () => {
    const { start, log } = workshop();
    const power = new EnginePowerSwitch(start, full, 2);
    power.start('engine.js');
    const engine = power.over({ ...absentEngine, listModels: () => new Promise(() => undefined) });
    void engine.listModels();
    await turn();
    power.set(quiet);
    power.set(full);
    expect(power.state.value.next).toBeNull();
    expect(log).toEqual([]);
  });

  it('counts a stream from its first value to its end, and passes on that it was left', async () => {
    const { start, log } = workshop();
    const power = new EnginePowerSwitch(start, full, 2);
    power.start('engine.js');
    const seen: string[] = [];
    let wake = (): void => undefined;
    const engine = power.over({
      ...absentEngine,
      explain: () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise((resolve) => (wake = () => resolve({ done: true, value: undefined }))),
          return: () => {
            seen.push('left');
            wake();
            return Promise.resolve({ done: true, value: undefined });
          },
        }),
      }),
    });
    const request = { image: 'a.png' } as unknown as Parameters<typeof engine.explain>[0];
    const events = engine.explain(request)[Symbol.asyncIterator]();
    const pending = events.next();
    await turn();
    power.set(quiet);
    expect(log).toEqual([]);
    await events.return?.();
    expect((await pending).done).toBe(true);
    expect([seen, log]).toEqual([['left'], ['end']]);
  });

  it('does not wait for devices that are tried elsewhere, and leaves their engines alone', async () => {
    const { start, started, log } = workshop();
    const power = new EnginePowerSwitch(start, full, 2);
    power.start('engine.js');
    power.beside(start)('engine.js');
    void power
      .over({ ...absentEngine, devices: () => new Promise(() => undefined) })
      .devices({ measure: false, device: null });
    await turn();
    power.set(quiet);
    expect(log).toEqual(['end']);
    expect(started).toHaveLength(2);
  });

  it('passes failures on, and a failed request is no longer under way', async () => {
    const { start, log } = workshop();
    const power = new EnginePowerSwitch(start, full, 2);
    power.start('engine.js');
    await expect(power.over(absentEngine).listModels()).rejects.toThrow('not in this test');
    power.set(quiet);
    expect(log).toEqual(['end']);
  });
});
