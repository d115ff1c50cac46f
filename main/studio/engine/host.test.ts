import { requestOf } from '../../../shared/methods/request.ts';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultsOf } from '../../../shared/recipes/fields.ts';
import { dream } from '../../../shared/recipes/dream.ts';
import { ReverieError } from '../../../shared/errors.ts';
import { isRequest } from '../../../shared/rpc/wire.ts';
import { listenToLog, type Entry } from '../../log/log.ts';
import { createEngineHost, type EngineHost } from './host.ts';
import type { StartEngine } from './process.ts';
import { processEnd, tellsOfMemory, utilityEnd, type ProcessEnd } from './process-end.ts';

const folder = mkdtempSync(join(tmpdir(), 'reverie-host-'));
const mark = join(folder, 'mark');
const request = requestOf('dream', { image: 'a.png', settings: defaultsOf(dream), out: mark });
const execution = { model: null, runtime: 'auto', device: 'auto' } as const;
const unprinted = { printed: false, straightened: null };
let host: EngineHost;

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'silent',
    // It lies where there are no packages.
    ssr: { noExternal: true },
    build: {
      ssr: join(import.meta.dirname, '../testing/failing-engine.ts'),
      outDir: folder,
      target: 'node20',
      rolldownOptions: { output: { format: 'es', entryFileNames: 'engine.mjs' } },
    },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(mark, { force: true });
  host = createEngineHost(join(folder, 'engine.mjs'));
});
afterEach(() => host.close(500));

async function enginePid(): Promise<number> {
  const { models } = await host.api.listModels();
  return Number(models[0]?.id);
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a graphics card that was computed on', () => {
  /** An engine that computes on it for each call, and answers unless it is told not to. */
  function onCard(answers: () => boolean) {
    let hear: (message: unknown) => void = () => undefined;
    let end: (how: ProcessEnd, stderr: string) => void = () => undefined;
    const start: StartEngine = () => ({
      pid: undefined,
      send(message) {
        if (!isRequest(message)) return;
        for (const work of ['run', null]) hear({ heartbeat: { device: 'webgpu', work } });
        const reply = { id: message.id, type: 'value', value: { models: [] } };
        if (answers()) queueMicrotask(() => hear(reply));
      },
      end: () => end(processEnd(0, null), ''),
      kill: () => end(processEnd(null, 'SIGKILL'), ''),
      onMessage: (handler) => (hear = handler),
      onEnd: (handler) => (end = handler),
    });
    const carded = createEngineHost('', { start });
    return { carded, crash: () => end(processEnd(null, 'SIGSEGV'), '') };
  }

  it('is given up when the engine crashes with an answer owed', async () => {
    const { carded, crash } = onCard(() => false);
    const answer = carded.api.listModels();
    crash();
    await expect(answer).rejects.toMatchObject({ code: 'engine/crashed' });
    expect(carded.givenUp).toEqual(['webgpu']);
    await carded.close(0);
  });

  it('is kept when the engine is ended while nothing is asked', async () => {
    const { carded, crash } = onCard(() => true);
    await carded.api.listModels();
    crash();
    expect(carded.givenUp).toEqual([]);
    await carded.close(0);
  });
});

describe('a healthy engine', () => {
  it('is forked at the first request and stays', async () => {
    expect(host.pid).toBeUndefined();
    const pid = await enginePid();
    expect(pid).not.toBe(process.pid);
    expect([await enginePid(), host.pid]).toEqual([pid, pid]);
  });

  it('passes coded errors on, and plain ones as internal', async () => {
    await expect(host.api.inspectModel({ model: 'x', size: null })).rejects.toMatchObject({
      code: 'model/missing',
      message: 'There is no x.',
    });
    await expect(host.api.devices({ measure: false, device: null })).rejects.toMatchObject({
      code: 'internal',
      message: 'plain',
    });
  });

  it('refuses wrong arguments before they reach the service', async () => {
    await expect(
      host.api.classify({ ...unprinted, ...execution, images: [], settings: { top: 5 } }),
    ).rejects.toMatchObject({
      code: 'usage/option',
    });
  });

  it('streams pixels as bytes and cleans up when left', async () => {
    for await (const event of host.api.dream(request)) {
      if (event.kind === 'step' && event.frame !== undefined && event.step === 3) {
        expect(event.frame.rgba).toBeInstanceOf(Uint8Array);
        expect([...event.frame.rgba]).toEqual([3, 2, 3, 255]);
        break;
      }
    }
    expect(existsSync(mark)).toBe(true);
  });
});

describe('a crash', () => {
  it.each([
    ['SIGFPE', /\(SIGFPE\).*too small/],
    ['SIGKILL', /\(SIGKILL\).*memory/],
    ['3', /\(code 3\)\.$/],
  ])('by %s is told in a sentence, and the next request gets a fresh process', async (end, sentence) => {
    const first = await enginePid();
    await expect(host.api.readRecipe({ path: end })).rejects.toMatchObject({
      code: 'engine/crashed',
      message: expect.stringMatching(sentence) as string,
      details: { stderr: `ending by ${end}\n` },
    });
    const second = await enginePid();
    expect(second).not.toBe(first);
    expect(alive(first)).toBe(false);
  });

  it('rejects everything under way: calls that wait, streams that are pulled and streams that pause', async () => {
    const pid = await enginePid();
    const stream = host.api.dream(request)[Symbol.asyncIterator]();
    await stream.next();
    const call = host.api.classify({ ...unprinted, ...execution, images: ['a.png'], settings: { top: 1 } });
    process.kill(pid, 'SIGKILL');
    await expect(call).rejects.toMatchObject({ code: 'engine/crashed' });
    await enginePid();
    await expect(stream.next()).rejects.toMatchObject({ code: 'engine/crashed' });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('of an engine that cannot start is told as well', async () => {
    const broken = createEngineHost(join(folder, 'absent.mjs'));
    await expect(broken.api.listModels()).rejects.toMatchObject({ code: 'engine/crashed' });
    await broken.close();
  });
});

describe('the log', () => {
  it('holds what a crashed engine wrote on stderr, and how it ended', async () => {
    const entries: Entry[] = [];
    const leave = listenToLog((entry) => entries.push(entry));
    entries.length = 0;
    await expect(host.api.readRecipe({ path: 'SIGSEGV' })).rejects.toMatchObject({ code: 'engine/crashed' });
    leave();
    expect(entries.map(({ level, area, text }) => `${level} ${area}: ${text}`)).toEqual([
      'info engine: The engine starts.',
      'info stderr: ending by SIGSEGV',
      expect.stringMatching(/^error engine: It failed: The engine ended unexpectedly \(SIGSEGV\)/),
    ]);
    expect(entries[2]?.details).toMatchObject({ code: 'engine/crashed', cause: 'fault', signal: 'SIGSEGV' });
  });

  it('holds what the engine told of itself', async () => {
    const texts: string[] = [];
    const leave = listenToLog(({ text }) => texts.push(text));
    await expect(host.api.inspectModel({ model: 'x', size: null })).rejects.toThrow();
    leave();
    expect(texts).toContain('told in the engine');
  });
});

describe('closing', () => {
  it('lets a running job clean up and leaves no process behind', async () => {
    const pid = await enginePid();
    const stream = host.api.dream(request)[Symbol.asyncIterator]();
    await stream.next();
    await host.close();
    expect(existsSync(mark)).toBe(true);
    expect(alive(pid)).toBe(false);
    await expect(host.api.listModels()).rejects.toMatchObject({ code: 'job/cancelled' });
  });

  it('kills an engine that does not end', async () => {
    const pid = await enginePid();
    process.kill(pid, 'SIGSTOP');
    await host.close(100);
    await vi.waitFor(() => expect(alive(pid)).toBe(false));
  });
});

describe('the end of a process', () => {
  it.each([
    [
      null,
      'SIGSEGV',
      'The engine ended unexpectedly (SIGSEGV): a native library touched memory that is not its own.',
    ],
    [0xc0000005, null, /^The engine ended unexpectedly \(code 3221225477\): a native library touched/],
    [7, null, 'The engine ended unexpectedly (code 7).'],
    [null, 'SIGUSR1', 'The engine ended unexpectedly (SIGUSR1).'],
  ])('is told in a sentence: %s %s', (code, signal, sentence) => {
    expect(processEnd(code, signal).sentence).toMatch(sentence);
  });

  it.each([
    ['SIGKILL', 'memory'],
    ['SIGABRT', 'memory'],
    ['SIGFPE', 'fault'],
    ['SIGTERM', 'asked'],
    [3, 'other'],
  ] as const)('by %s has the cause "%s", by which what follows is decided', async (end, cause) => {
    const crash = await host.api.readRecipe({ path: String(end) }).catch((error: unknown) => error);
    const [exitCode, signal] = typeof end === 'number' ? [end, null] : [null, end];
    expect(crash).toMatchObject({ code: 'engine/crashed', details: { cause, exitCode, signal } });
    expect(tellsOfMemory(crash)).toBe(cause === 'memory');
  });

  it('is not told by the words of another error', () => {
    expect(tellsOfMemory(new ReverieError('engine/crashed', 'It ended (SIGKILL).'))).toBe(false);
  });

  it.each([
    [9, 'linux', 'memory', /\(SIGKILL\)/],
    [0x80 | 6, 'linux', 'memory', /\(SIGABRT\)/],
    [0x80 | 11, 'darwin', 'fault', /\(SIGSEGV\)/],
    [1, 'linux', 'other', /\(code 1\)\.$/],
    [9, 'win32', 'other', /\(code 9\)\.$/],
    [0xc0000017, 'win32', 'memory', /\(code 3221225495\): a native library gave up/],
  ] as const)(
    'of a utility process is read from its status: %d on %s',
    (status, platform, cause, sentence) => {
      expect(utilityEnd(status, platform)).toMatchObject({
        cause,
        sentence: expect.stringMatching(sentence) as string,
      });
    },
  );
});
