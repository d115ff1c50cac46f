/** The built program in its browser door, as a process that can be ended in every way. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '..', '..');
const TOKEN = 'a-token-for-the-end-to-end-tests';
/** The program gives up waiting for what it closes before that. */
const LONGEST_END_MS = 40_000;

export interface Server {
  /** With the token. */
  readonly url: string;
  readonly pid: number;
  /** As Ctrl-C does. */
  quit(): Promise<void>;
  /** As `kill -9` does. */
  kill(): Promise<void>;
}

/** @param home Where its state lies. @param port 0 for any free one. */
export async function startServer(home: string, port: number): Promise<Server> {
  const words = ['serve', '--port', String(port), '--token', TOKEN, '--json'];
  const child = spawn(process.execPath, [join(root, 'dist', 'main', 'cli.js'), ...words], {
    env: { ...process.env, REVERIE_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const url = await Promise.race([
    addressIn(child),
    once(child, 'exit').then(() => Promise.reject(new Error(`The server ended at once: ${complaints}`))),
  ]);
  return {
    url,
    pid: child.pid ?? 0,
    async quit() {
      if (!(await end(child, 'SIGINT')))
        throw new Error(`The server did not end within ${LONGEST_END_MS / 1000} s of Ctrl-C. ${complaints}`);
    },
    async kill() {
      await end(child, 'SIGKILL');
    },
  };
}

async function addressIn({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('The server has no output.');
  for await (const line of createInterface({ input: stdout })) {
    const said: unknown = JSON.parse(line);
    if (typeof said === 'object' && said !== null && 'url' in said && typeof said.url === 'string')
      return said.url;
  }
  throw new Error('The server did not tell its address.');
}

/** Whether it ended by itself; what does not is killed, so that no spec has to wait for it. */
async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return true;
  const ended = once(child, 'exit').then(() => true);
  child.kill(signal);
  const inTime = await Promise.race([ended, sleep(LONGEST_END_MS, false, { ref: false })]);
  if (!inTime) child.kill('SIGKILL');
  await ended;
  return inTime;
}
