import { describe, expect, it, vi } from 'vitest';
import { greet, isNewer } from './news.ts';

describe('isNewer', () => {
  it.each([
    ['0.2.0', '0.1.0', true],
    ['0.10.0', '0.9.9', true],
    ['1.0.0', '0.99.99', true],
    ['0.1.0', '0.1.0', false],
    ['0.1.0', '0.2.0', false],
    ['0.1.9', '0.2.0', false],
    ['0.2.0', 'of another kind', false],
  ])('%s than %s: %s', (version, than, newer) => {
    expect(isNewer(version, than)).toBe(newer);
  });
});

describe('what is new', () => {
  async function start(seenVersion: string, version = '0.2.0') {
    const show = vi.fn();
    const change = vi.fn(() => Promise.resolve());
    await greet({ version, settings: { seenVersion }, show, change });
    return { shown: show.mock.calls.length, changes: change.mock.calls };
  }

  it('is shown after an update, once', async () => {
    expect(await start('0.1.0')).toEqual({ shown: 1, changes: [[{ seenVersion: '0.2.0' }]] });
    expect(await start('0.2.0')).toEqual({ shown: 0, changes: [] });
  });

  it('is nothing to who has gone back', async () => {
    expect(await start('0.3.0')).toEqual({ shown: 0, changes: [[{ seenVersion: '0.2.0' }]] });
  });

  it('does not mind that it cannot be remembered', async () => {
    const show = vi.fn();
    const change = (): Promise<never> => Promise.reject(new Error('full'));
    await greet({ version: '0.2.0', settings: { seenVersion: '0.1.0' }, show, change });
    expect(show).toHaveBeenCalledOnce();
  });
});
