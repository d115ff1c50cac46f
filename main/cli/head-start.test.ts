import { describe, expect, it, vi } from 'vitest';
import { methods, methodNames } from '../../shared/methods/registry.ts';
import type { EngineProcess } from '../studio/engine/process.ts';
import { COMPUTING, headStart } from './head-start.ts';

const environment = { REVERIE_THREADS: '2' };
const usual = { REVERIE_GIVEN_UP: '', REVERIE_THREADS: '2', REVERIE_QUIET: '' };

/** Forks engines that are nothing but their number, and notes which were killed. */
function forks() {
  const killed: number[] = [];
  const fork = vi.fn((_entry: string, _variables?: Readonly<Record<string, string>>): EngineProcess => {
    const pid = fork.mock.calls.length;
    return {
      pid,
      send: () => undefined,
      end: () => undefined,
      kill: () => void killed.push(pid),
      onMessage: () => undefined,
      onEnd: () => undefined,
    };
  });
  return { fork, killed };
}

describe('an engine started ahead', () => {
  it('is handed over to whoever asks for just such a one, once', () => {
    const { fork, killed } = forks();
    const { start, end } = headStart('engine.js', ['dream', 'photo.jpg'], environment, fork);
    expect(fork).toHaveBeenCalledTimes(1);
    expect(start('engine.js', usual).pid).toBe(1);
    expect(start('engine.js', usual).pid).toBe(2);
    end();
    expect(killed).toEqual([]);
  });

  it('is given up when another one is asked for', () => {
    const { fork, killed } = forks();
    const { start } = headStart('engine.js', ['dream', 'photo.jpg'], environment, fork);
    expect(start('engine.js', { ...usual, REVERIE_GIVEN_UP: 'webgpu' }).pid).toBe(2);
    expect(killed).toEqual([1]);
  });

  it('is ended when nobody asks', () => {
    const { fork, killed } = forks();
    headStart('engine.js', ['dream', '--sizzle'], environment, fork).end();
    expect(killed).toEqual([1]);
  });

  it.each([
    [[]],
    [['--version']],
    [['models', 'list']],
    [['dream', '--help']],
    [['dream', 'photo.jpg', '--threads', '1']],
    [['dream', 'photo.jpg', '--threads=1']],
    [['dream', 'photo.jpg', '--quiet']],
  ])('is not started for %j', (words) => {
    const { fork } = forks();
    headStart('engine.js', words, environment, fork);
    expect(fork).not.toHaveBeenCalled();
  });

  it('is started for every method that has a command', () => {
    const commands = methodNames.filter((name) => methods[name].command !== null);
    expect(COMPUTING).toEqual(expect.arrayContaining(commands));
  });
});
