/** The built program in its browser door, as a process that can be ended in every way. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..', '..');
const TOKEN = 'a-token-for-the-end-to-end-tests';

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
    quit: () => end(child, 'SIGINT'),
    kill: () => end(child, 'SIGKILL'),
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

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
