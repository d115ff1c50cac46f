/** Processes found among those of the system, such as the engine's, to be killed as a driver or a full memory would kill it. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { LONGEST_MS } from './options.ts';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Kills, freezes or thaws (SIGKILL, SIGSTOP, SIGCONT) the engine below a program. Not for Windows, where processes are listed in another way. */
export function signalEngine(program: number, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  const all = processes();
  const engine = all.find(({ pid, command }) => isEngine(command) && isBelow(pid, program, all));
  if (engine === undefined) throw new Error(`There is no engine below the process ${program}.`);
  process.kill(engine.pid, signal);
}

/** The program that has this word on its command line, if it runs; not one of the processes that it has started. */
export function processWith(word: string): number | undefined {
  return processes().find(({ command }) => command.includes(word) && !command.includes('--type='))?.pid;
}

/** Ends a process that is not our child; whether it ended in time. */
export async function endBy(signal: NodeJS.Signals, pid: number): Promise<boolean> {
  process.kill(pid, signal);
  for (const end = Date.now() + LONGEST_MS; Date.now() < end;) {
    if (processes().every((process) => process.pid !== pid)) return true;
    await sleep(100);
  }
  return false;
}

/** Node runs its bundle by name; Electron runs it in a utility process. */
function isEngine(command: string): boolean {
  return command.includes('engine.js') || command.includes('node.mojom.NodeService');
}

function isBelow(pid: number, ancestor: number, all: readonly Process[]): boolean {
  const parent = all.find((process) => process.pid === pid)?.parent;
  return parent !== undefined && (parent === ancestor || isBelow(parent, ancestor, all));
}

function processes(): readonly Process[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,command='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}
