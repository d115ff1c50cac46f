/**
 * A runtime that goes on: when its device fails in the middle of a job (lost, out of memory, numbers that are none), the
 * same graph is compiled for the next device and the same step is computed there. All gradient forms are ordinary
 * operators, so the CPU runs every one of them.
 */
import { ReverieError, errorData } from '../../../shared/errors.ts';
import { failedBefore } from '../../../shared/heartbeat.ts';
import { log } from '../../log/log.ts';
import type { Graph } from '../graph/graph.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { CompileOptions, Device, Program, Runtime, Values } from './runtime.ts';

/** What is to be said of a graph before it is prepared; not asked where whoever runs it minds its memory. */
type Foresee = (graph: Graph) => string | undefined;

export class FallbackRuntime implements Runtime {
  readonly #runtimes: readonly Runtime[];
  readonly #wished: Device | undefined;
  #current = 0;
  readonly #news: string[] = [];
  readonly #known: readonly string[];
  readonly #foresee: Foresee;
  /** Of the programs since the last call for news, the latest that something was foreseen of: the dearest tends to come last. */
  #foreseen: string | undefined;

  /**
   * @param runtimes the best first; the last one's failures are final
   * @param wished the device that would have been first, had it not failed before
   * @param known what every job is to be told of these devices
   */
  constructor(
    runtimes: readonly Runtime[],
    wished = runtimes[0]?.device,
    foresee: Foresee = () => undefined,
    known: readonly string[] = [],
  ) {
    this.#runtimes = runtimes;
    this.#wished = wished;
    this.#foresee = foresee;
    this.#known = known;
  }

  get name(): string {
    return this.#runtime().name;
  }

  get device(): Device {
    return this.#runtime().device;
  }

  /** Sentences about devices that were given up, and about what was foreseen, since the last call. */
  takeNews(): string[] {
    const foreseen = this.#foreseen === undefined ? [] : [this.#foreseen];
    this.#foreseen = undefined;
    return [...this.#news.splice(0), ...foreseen];
  }

  /** Sentences for a job that begins, mostly that it does so without the device asked for, which an earlier job had to give up. */
  get standing(): readonly string[] {
    const wished = this.#wished;
    if (wished === undefined || wished === this.device || this.#news.length > 0) return this.#known;
    return [...this.#known, failedBefore(wished, this.device)];
  }

  moveOn(why: Error): boolean {
    if (this.#current === this.#runtimes.length - 1) return false;
    this.#giveUp(this.#current, why);
    return true;
  }

  async compile(graph: Graph, { frugal = false }: CompileOptions = {}): Promise<Program> {
    /** A failure that the caller is told of, rather than another device tried. */
    const isFinal = (index: number, error: unknown): boolean =>
      index === this.#runtimes.length - 1 || (frugal && errorData(error).code === 'device/memory');
    if (!frugal) this.#foreseen = this.#foresee(graph) ?? this.#foreseen;
    let at = this.#current;
    const compileFrom = (start: number): Promise<Program> =>
      this.#compileFrom(start, graph, isFinal, (index) => (at = index));
    let program: Program | undefined = await compileFrom(at);
    const run = async (feeds: Values): Promise<Values> => {
      for (;;) {
        program ??= await compileFrom(Math.max(at, this.#current));
        try {
          // The last device is trusted: there is none that could do better.
          return at === this.#runtimes.length - 1
            ? await program.run(feeds)
            : finite(await program.run(feeds), this.#runtime(at).device);
        } catch (error) {
          if (isFinal(at, error)) throw error;
          this.#giveUp(at, error);
          at++;
          const failed = program;
          program = undefined;
          await failed
            .dispose()
            .catch((unclean: unknown) => log.swallowed('device', 'It was not released', unclean));
        }
      }
    };
    // One run at a time, or two that fail together would each dispose of what the other has just compiled.
    return oneAtATime({
      outputs: program.outputs,
      run,
      dispose: async () => {
        await program?.dispose();
      },
    });
  }

  /** Compiles on the first device from `start` on that takes the graph. */
  async #compileFrom(
    start: number,
    graph: Graph,
    isFinal: (index: number, error: unknown) => boolean,
    chosen: (index: number) => void,
  ): Promise<Program> {
    for (let at = start; ; at++) {
      try {
        const program = await this.#runtime(at).compile(graph);
        chosen(at);
        return program;
      } catch (error) {
        if (isFinal(at, error)) throw error;
        this.#giveUp(at, error);
      }
    }
  }

  #runtime(at = this.#current): Runtime {
    const runtime = this.#runtimes[at];
    if (runtime === undefined) throw new Error('There is no device left.');
    return runtime;
  }

  /** Later programs begin on the next device. */
  #giveUp(at: number, error: unknown): void {
    if (this.#current > at) return;
    const why = error instanceof Error ? error.message : String(error);
    this.#current = at + 1;
    log.swallowed('device', `The device "${this.#runtime(at).device}" is left for "${this.device}"`, error);
    this.#news.push(`${why} The job goes on with the device "${this.device}".`);
  }
}

/** Numbers that are none are a failure of the device, whatever it reports. Looked for in a sum, which they all reach. */
function finite(values: Values, device: Device): Values {
  for (const { data } of Object.values(values)) {
    let sum = 0;
    for (const v of data) sum += v;
    if (!Number.isFinite(sum))
      throw new ReverieError(
        'device/unusable',
        `The device "${device}" computed numbers that are not finite.`,
      );
  }
  return values;
}
