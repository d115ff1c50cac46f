/**
 * `--smoke`: whether an installed program works, found out by using it once. In an empty folder of its own it opens its window with a
 * picture on the command line, classifies the picture, dreams a few steps on it and quits. What came of it is printed as one JSON
 * object, and the exit code is 0, or 1 with `{"error": {"code", "message"}}` in its place.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App, NativeImage, nativeImage } from 'electron';
import { ReverieError, errorData } from '../../shared/errors.ts';
import { defaultsOf } from '../../shared/recipes/fields.ts';
import { dream } from '../../shared/recipes/dream.ts';
import type { Job } from '../../shared/studio/jobs.ts';
import { VERSION } from '../log/facts.ts';
import type { Studio } from '../studio/studio.ts';

/** The word on the command line. */
export const SMOKE = '--smoke';

const LONGEST_MS = 120_000;
const SIDE = 96;
const STEPS = 3;

interface SmokeOptions {
  readonly app: Pick<App, 'on' | 'quit' | 'exit'>;
  readonly nativeImage: Pick<typeof nativeImage, 'createFromBitmap'>;
  readonly print: (line: string) => void;
}

export class SmokeTest {
  /** Of this start alone. It is removed at the end, but for the little that Chromium writes afterwards. */
  readonly home = mkdtempSync(join(tmpdir(), 'reverie-smoke-'));
  /** The picture that the program is started with. */
  readonly picture = join(this.home, 'waves.png');
  readonly #options: SmokeOptions;
  readonly #begin = performance.now();
  readonly #leaving = new AbortController();

  constructor(options: SmokeOptions) {
    this.#options = options;
    writeFileSync(this.picture, waves(options.nativeImage).toPNG());
    const timer = setTimeout(
      () =>
        this.fail(
          new ReverieError('internal', `It did not come to an end within ${LONGEST_MS / 1000} seconds.`),
        ),
      LONGEST_MS,
    );
    options.app.on('quit', () => {
      clearTimeout(timer);
      this.#leaving.abort();
      rmSync(this.home, { recursive: true, force: true, maxRetries: 3 });
    });
  }

  /** Uses the program that has opened, and quits it. */
  async use(studio: Studio): Promise<void> {
    try {
      const report = await this.#report(studio);
      this.#options.print(JSON.stringify(report));
      this.#options.app.quit();
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    const { code, message } = errorData(error);
    this.#options.print(JSON.stringify({ error: { code, message } }));
    this.#options.app.exit(1);
  }

  async #report(studio: Studio): Promise<object> {
    const { service } = studio;
    // The page imports it, so the window works, and its way to the studio.
    const { id } = await first(service.pictures(this.#leaving.signal), () => true);
    const { images } = await service.classify({ picture: id, model: null, top: 1 });
    const order = { method: 'dream', picture: id, model: null, runtime: 'auto', device: 'auto' } as const;
    const settings = { ...defaultsOf(dream), octaves: 1, steps: STEPS };
    const { id: job } = await service.start({ ...order, settings, branch: null, repeats: null });
    const ended = await first(
      service.jobs(this.#leaving.signal),
      (found) => found.id === job && hasEnded(found),
    );
    const { state, progress, error, device, runtime, result } = ended;
    if (state !== 'done' || result === null)
      throw new ReverieError(error?.code ?? 'internal', error?.message ?? `The dream ended as "${state}".`);
    const { electron, chrome, node } = process.versions;
    return {
      ...{ version: VERSION, electron, chrome, node, platform: process.platform, arch: process.arch },
      ...{ device, runtime, classes: images[0]?.classes ?? [], steps: progress?.step ?? null },
      seconds: Number(((performance.now() - this.#begin) / 1000).toFixed(1)),
    };
  }
}

/** The first item that fits, of those that a stream gives and changes. */
async function first<Item>(
  changes: AsyncIterable<{ changed: readonly Item[] }>,
  fits: (item: Item) => boolean,
): Promise<Item> {
  for await (const { changed } of changes) {
    const found = changed.find(fits);
    if (found !== undefined) return found;
  }
  throw new ReverieError('internal', 'The studio was closed before it was used.');
}

const hasEnded = ({ state }: Job): boolean => ['done', 'failed', 'cancelled', 'interrupted'].includes(state);

/** A picture of waves in all colours. */
function waves({ createFromBitmap }: SmokeOptions['nativeImage']): NativeImage {
  const bitmap = Buffer.alloc(SIDE * SIDE * 4, 255);
  for (let i = 0; i < SIDE * SIDE; i++) {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    [x / 5, y / 7, (x * y) / 300].forEach((phase, channel) => {
      bitmap[4 * i + channel] = 128 + Math.round(100 * Math.sin(phase));
    });
  }
  return createFromBitmap(bitmap, { width: SIDE, height: SIDE });
}
