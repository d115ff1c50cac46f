import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReverieError } from '../../shared/errors.ts';
import { log } from '../log/log.ts';
import { logPath } from '../log/log-file.ts';
import { beginCommandLog, type CommandLog } from './command-log.ts';

let home: string;
let said: string;
let commandLog: CommandLog;
const begin = (...words: string[]): void => {
  commandLog = beginCommandLog(words, { write: (text) => (said += text) }, home);
};
const written = (): string => readFileSync(logPath(home), 'utf8');
const crash = new ReverieError('engine/crashed', 'It ended.', {
  cause: 'fault',
  stderr: 'a driver complained\n',
});

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'reverie-command-'));
  said = '';
});
afterEach(() => {
  commandLog.end();
  rmSync(home, { recursive: true, force: true });
});

describe('the log of a command', () => {
  it('is not written for one that ends well, or that the user got wrong', () => {
    begin('dream', 'a.png');
    commandLog.failed(new ReverieError('usage/option', 'No.'));
    commandLog.end();
    expect(existsSync(logPath(home))).toBe(false);
    expect(said).toBe('');
  });

  it('is written for one that fails, with what led to it, and is named to the user', () => {
    begin('dream', '/somewhere/Anna.png', '--steps', '3');
    log.warning('stderr', 'a driver complained');
    expect(commandLog.failed(crash)).toEqual([`More about it is in ${logPath(home)}.`]);
    expect(written()).toMatch(/words: dream \*\.png --steps 3\n/);
    expect(written()).toMatch(
      /warning stderr {3}a driver complained\n(.*\n)*.*error .*It ended\.\n {4}code: engine\/crashed/,
    );
    expect(said).toBe('');
  });

  it('is written and shown with --debug, where an error tells all that it knows', () => {
    begin('dream', 'a.png', '--debug');
    log.info('engine', 'The engine starts.');
    expect(said).toMatch(/The command starts\.\n(.*\n)*.*The engine starts\.\n/);
    const more = commandLog.failed(crash).join('\n');
    expect(more).toMatch(/\n {4}at /);
    expect(more).toContain('    cause: fault\n    stderr: a driver complained');
    commandLog.end();
    expect(written()).toContain('The engine starts.');
  });

  it('is kept while the studio is served, without the key to it', () => {
    begin('serve', '--token', 'a-token-of-24-characters', '--token=another-token-of-24');
    log.error('window', 'It asked for something.');
    expect(written()).toContain('It asked for something.');
    expect(written()).toContain('words: serve --token … --token=…');
  });
});
