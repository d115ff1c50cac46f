/**
 * One program at a time works on a folder: two would take each other's running jobs for dead. The lock is a local socket, which
 * the system takes back however the program ends, so nobody is locked out by a crash.
 */
import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReverieError } from '../../../shared/errors.ts';

/** Names of local sockets are short (108 bytes on Linux, 104 on macOS). */
const LONGEST = 100;

/** @returns what unlocks it @throws ReverieError studio/in-use */
export async function lockFolder(home: string): Promise<() => Promise<void>> {
  await mkdir(home, { recursive: true });
  const address = addressFor(home);
  const server = await listen(address).catch(async (error: unknown) => {
    if (!isTaken(error)) throw error;
    if (await answers(address)) {
      throw new ReverieError(
        'studio/in-use',
        `Reverie is already open on "${home}"; close it first, or set REVERIE_HOME to another folder.`,
      );
    }
    await rm(address, { force: true });
    return listen(address);
  });
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}

function addressFor(home: string): string {
  const name = `reverie-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  const inside = join(home, 'lock');
  return Buffer.byteLength(inside) <= LONGEST ? inside : join(tmpdir(), name);
}

function listen(address: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(address, () => resolve(server));
  });
}

/** Whether somebody listens, or only the name is left. */
function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
