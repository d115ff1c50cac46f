/** The ffmpeg that somebody has installed: the only way here to read and to write most videos. */
import { spawn } from 'node:child_process';

interface Running {
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
}

export const hasFfmpeg = (): Promise<boolean> =>
  runFfmpeg(['-version']).then(
    () => true,
    () => false,
  );

/** Runs ffmpeg to its end. @throws Error with the last line that it said of a failure */
export async function runFfmpeg(words: readonly string[], running: Running = {}): Promise<void> {
  await outputOf('ffmpeg', words, running);
}

/** What ffprobe, which comes with ffmpeg, prints. @throws Error as {@link runFfmpeg} */
export const runFfprobe = (words: readonly string[], running: Running = {}): Promise<string> =>
  outputOf('ffprobe', words, running);

function outputOf(program: string, words: readonly string[], { cwd, signal }: Running): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      ...(cwd === undefined ? {} : { cwd }),
      ...(signal === undefined ? {} : { signal }),
    });
    let printed = '';
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(said.trim().split('\n').at(-1) || `it ended with ${code ?? 'a signal'}.`));
    });
  });
}
