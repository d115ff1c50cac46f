/** A dream as it is typed into a terminal, while nothing of Reverie runs: from the command to the first changed picture, and to the end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saveImage } from '../engine/imaging/codec.ts';
import { waves } from './waves.ts';

export interface ColdRow {
  readonly width: number;
  readonly height: number;
  /** To the end of the first step. */
  readonly msToFirstChange: number;
  readonly msToEnd: number;
}

const SIZE = { width: 512, height: 384 };
/** The quickest of so many counts. */
const TRIES = 3;
/** What a command says on stderr after the first step, where that is no terminal. */
const FIRST_STEP = /^octave 1 of/m;

/** With the network and the settings that people get. @param program path of the built command line */
export async function benchCold(program: string): Promise<ColdRow> {
  const folder = await mkdtemp(join(tmpdir(), 'reverie-cold-'));
  try {
    const photo = join(folder, 'photo.png');
    await saveImage(waves(SIZE.width, SIZE.height), photo);
    const tries: Pick<ColdRow, 'msToFirstChange' | 'msToEnd'>[] = [];
    for (let i = 0; i < TRIES; i++)
      tries.push(await dream(program, photo, join(folder, `dream-${i}.png`), folder));
    const best = (pick: (times: (typeof tries)[number]) => number): number => Math.min(...tries.map(pick));
    return {
      ...SIZE,
      msToFirstChange: best(({ msToFirstChange }) => msToFirstChange),
      msToEnd: best(({ msToEnd }) => msToEnd),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function dream(program: string, photo: string, out: string, home: string) {
  const began = performance.now();
  const since = (): number => performance.now() - began;
  const child = spawn(process.execPath, [program, 'dream', photo, '--out', out], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, REVERIE_HOME: home },
  });
  let said = '';
  let msToFirstChange = NaN;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (Number.isNaN(msToFirstChange) && FIRST_STEP.test(said)) msToFirstChange = since();
  });
  await once(child, 'close');
  if (child.exitCode !== 0 || Number.isNaN(msToFirstChange)) throw new Error(`The dream failed: ${said}`);
  return { msToFirstChange, msToEnd: since() };
}
