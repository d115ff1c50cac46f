import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, mkdirSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReverieError } from '../../shared/errors.ts';
import { beginLog } from './begin.ts';
import { discretion } from './discretion.ts';
import { LinesToLog } from './lines.ts';
import { listenToLog, log, type Entry } from './log.ts';
import { lineOf, logPath, logToFile, olderLogPath, openLogFile } from './log-file.ts';

let home: string;
let leave: () => void = () => undefined;
const written = (): string => readFileSync(logPath(home), 'utf8');
const entry = (text: string, more: Partial<Entry> = {}): Entry => ({
  time: Date.UTC(2026, 10, 28, 9, 1, 2, 345),
  level: 'info',
  area: 'job',
  text,
  ...more,
});
/** Everything that is told from now on; what others have told before is passed over. */
function heard(): Entry[] {
  const entries: Entry[] = [];
  leave = listenToLog((told) => entries.push(told));
  entries.length = 0;
  return entries;
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'reverie-log-'));
});
afterEach(() => {
  leave();
  vi.useRealTimers();
  rmSync(home, { recursive: true, force: true });
});

describe('the file', () => {
  it('holds a line for each entry, and its details below it', () => {
    expect(
      lineOf(
        entry('Two\nlines.', {
          level: 'error',
          details: { code: 'x', sizes: [1, 2], none: undefined, lines: 'a\nb\n' },
        }),
      ),
    ).toBe(
      [
        '2026-11-28T09:01:02.345Z error   job      Two',
        '    lines.',
        '    code: x',
        '    sizes: [1,2]',
        '    lines: a',
        '      b',
        '',
      ].join('\n'),
    );
  });

  it('is written together, a moment later, and at once where an error may be the last of a program', () => {
    vi.useFakeTimers();
    const file = openLogFile(home);
    file.write(entry('one'));
    file.write(entry('two'));
    expect(existsSync(logPath(home))).toBe(false);
    vi.advanceTimersByTime(300);
    expect(written().match(/one|two/g)).toEqual(['one', 'two']);
    file.write(entry('three'));
    file.write(entry('four', { level: 'error' }));
    expect(written().match(/three|four/g)).toEqual(['three', 'four']);
    file.write(entry('five'));
    file.close();
    expect(written()).toContain('five');
  });

  it('turns the page before it grows beyond its size, and keeps one older page', () => {
    const file = openLogFile(home, { most: 1000 });
    for (let i = 0; i < 60; i++) {
      file.write(entry(`entry ${i} ${'x'.repeat(60)}`));
      file.flush();
    }
    const [now, older] = [logPath(home), olderLogPath(home)];
    for (const page of [now, older]) expect(statSync(page).size).toBeLessThanOrEqual(1000);
    const kept = [older, now].flatMap((page) => [...readFileSync(page, 'utf8').matchAll(/entry (\d+)/g)]);
    const numbers = kept.map(([, number]) => Number(number));
    expect(numbers.at(-1)).toBe(59);
    expect(numbers).toEqual(numbers.map((_, i) => 59 - (numbers.length - 1) + i));
    expect(numbers.length).toBeGreaterThan(9);
    file.close();
  });

  it('does not grow either where the older page cannot be replaced', () => {
    mkdirSync(join(olderLogPath(home), 'taken'), { recursive: true });
    const file = openLogFile(home, { most: 500 });
    for (let i = 0; i < 20; i++) {
      file.write(entry(`entry ${i} ${'x'.repeat(60)}`));
      file.flush();
    }
    expect(statSync(logPath(home)).size).toBeLessThanOrEqual(500);
    expect(written()).toContain('entry 19');
    file.close();
  });

  it('cuts an entry that is too long for anybody', () => {
    const file = openLogFile(home);
    file.write(entry('x'.repeat(1e6)));
    file.close();
    expect(written().length).toBeLessThan(20_000);
  });

  it('costs the program nothing where it cannot be written', () => {
    writeFileSync(join(home, 'file'), '');
    const file = openLogFile(join(home, 'file'));
    expect(() => file.write(entry('lost', { level: 'error' }))).not.toThrow();
    file.close();
  });

  it.skipIf(process.platform === 'win32')('is for its owner alone', () => {
    const file = openLogFile(home);
    file.write(entry('mine', { level: 'error' }));
    file.close();
    expect(statSync(logPath(home)).mode & 0o077).toBe(0);
  });

  it('begins with versions and machine, and tells when the program ends', () => {
    beginLog(home, 'The program')();
    expect(written()).toMatch(/The program starts\.\n {4}Reverie: [\d.]+\n/);
    expect(written()).toContain(`    Node: ${process.versions.node}\n`);
    expect(written()).toMatch(/ {4}ONNX Runtime: \d+\.\d+\.\d+\n/);
    expect(written().trimEnd()).toMatch(/The program ends\.$/);
  });
});

describe('what is told', () => {
  it('waits for the first who listens', () => {
    log.info('test', 'told early');
    const entries: Entry[] = [];
    leave = listenToLog((told) => entries.push(told));
    expect(entries.at(-1)).toMatchObject({ level: 'info', area: 'test', text: 'told early' });
    log.warning('test', 'told now');
    expect(entries.at(-1)).toMatchObject({ level: 'warning', text: 'told now' });
  });

  it('of a failure are its code, its details, and what caused it', () => {
    const entries = heard();
    const cause = new Error('VK_ERROR_DEVICE_LOST');
    log.failure(
      'job',
      'The dream is failed',
      new ReverieError('device/unusable', 'It broke.', { at: 3 }, { cause }),
    );
    expect(entries).toMatchObject([
      {
        level: 'error',
        text: 'The dream is failed: It broke.',
        details: { code: 'device/unusable', at: 3, because: ['VK_ERROR_DEVICE_LOST'] },
      },
    ]);
    expect(entries[0]?.details).not.toHaveProperty('stack');
  });

  it('of a mistake of our own is the stack as well; of what a user got wrong, that it was refused', () => {
    const entries = heard();
    log.failure('job', 'It failed', new TypeError('x is not a function'));
    log.failure('job', 'It was refused', new ReverieError('usage/option', 'No.'));
    expect(entries.map(({ level }) => level)).toEqual(['error', 'info']);
    expect(entries[0]?.details?.['stack']).toContain('log.test.ts');
  });

  it('of a failure that is swallowed is told once', () => {
    const entries = heard();
    for (const why of ['one', 'one', 'two']) log.swallowed('test', 'A file was not used', new Error(why));
    expect(entries.map(({ level, text }) => `${level} ${text}`)).toEqual([
      'warning A file was not used: one',
      'warning A file was not used: two',
    ]);
  });
});

describe('discretion', () => {
  const linux = discretion('/home/anna', 'anna');
  const windows = discretion('C:\\Users\\Anna Berg', 'Anna Berg');

  it.each([
    ['open /home/anna/.local/share/reverie/x.json', 'open ~/.local/share/reverie/x.json'],
    ['at file:///home/anna/reverie/dist/a.js:3:4', 'at file:~/reverie/dist/a.js:3:4'],
    ['in /home/anna.', 'in ~.'],
    ['"/home/annabel/x"', '"/home/annabel/x"'],
    ['on /media/anna/stick/model.onnx', 'on /media/~/stick/model.onnx'],
    ['"/home/anna/My photos/Anna, 3.JPG" cannot be opened', '"*.JPG" cannot be opened'],
    [`open '/home/anna/a b.png'`, 'open "*.png"'],
    [`"Anna's.jpg" and "a.onnx" and b/c.webp, d.tiff`, '"*.jpg" and "a.onnx" and *.webp, *.tiff'],
    ['GET /thumbnails/Anna%20at%20home.jpg?1', 'GET *.jpg?1'],
    ['redis://anna:secret@host:6379/0', 'redis://…@host:6379/0'],
    ['http://127.0.0.1:4747/#token=abc-DEF_123', 'http://127.0.0.1:4747/#token=…'],
    ['a network called banana', 'a network called banana'],
  ])('%s', (text, told) => expect(linux(text)).toBe(told));

  it.each([
    ['C:\\Users\\Anna Berg\\AppData\\Roaming\\Reverie', '~\\AppData\\Roaming\\Reverie'],
    ['"C:\\\\Users\\\\Anna Berg\\\\x.onnx"', '"~\\\\x.onnx"'],
    ['c:/users/anna berg/x', '~/x'],
    ['file:///C:/Users/Anna%20Berg/dist/a.js', 'file:///~/dist/a.js'],
  ])('%s', (text, told) => expect(windows(text)).toBe(told));

  it.each(['anna-marie', "O'Neil (2) [x] {y} $^+.?*|", 'Ünal 雪', 'a\\b', '100%', 'anna\ud800'])(
    'takes any name of a user: %j',
    (user) => {
      const any = discretion(`/home/${user}`, user);
      expect(any(`in /home/${user}/x and /media/${user}/y`)).toBe('in ~/x and /media/~/y');
    },
  );

  it('leaves a root without a folder of anybody alone, and takes no time over a line without an end', () => {
    expect(discretion('/', 'root')('/usr/lib/x')).toBe('/usr/lib/x');
    const began = performance.now();
    expect(linux('x'.repeat(200_000))).toHaveLength(200_000);
    expect(linux('.jpg'.repeat(50_000))).toBe('*.jpg');
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe('lines of a library', () => {
  it('are joined from the pieces in which they come', () => {
    const entries = heard();
    const lines = new LinesToLog('stderr');
    lines.add('first li');
    lines.add('ne\r\nsecond line\n\nthi');
    lines.end();
    expect(entries.map(({ text }) => text)).toEqual(['first line', 'second line', 'thi']);
  });

  it('that come as a flood are told by their beginning and their end', () => {
    const entries = heard();
    let now = 0;
    const lines = new LinesToLog('stderr', () => now);
    for (let i = 1; i <= 5000; i++) lines.add(`line ${i}\n`);
    expect(entries).toHaveLength(100);
    now = 20_000;
    lines.add('later\n');
    const texts = entries.slice(100).map(({ text }) => text);
    expect(texts[0]).toBe('… 4880 lines are left out …');
    expect(texts.slice(1, -1)).toEqual(Array.from({ length: 20 }, (_, i) => `line ${4981 + i}`));
    expect(texts.at(-1)).toBe('later');
  });

  it('that never end are broken', () => {
    const entries = heard();
    new LinesToLog('stderr').add('x'.repeat(5000));
    expect(entries.map(({ text }) => text.length)).toEqual([2000, 2000]);
  });
});

it('the file takes what the program tells, from the beginning', () => {
  const end = logToFile(home);
  log.info('test', 'something in /tmp');
  end();
  expect(written()).toContain('info    test     something in /tmp');
});
