/**
 * Notices that the engine hangs. A library keeps the engine's thread for a whole step, so silence is normal; what is not is a
 * silence far longer than steps have taken. A graphics driver that is silent for that long hangs. A processor may only be slow,
 * or short of memory: as long as the process spends processor time, it works.
 */
import type { Heartbeat, HeartbeatDevice } from '../../../shared/heartbeat.ts';

/** How long silence may last, in ms. */
export interface Timeouts {
  /** While a graphics card runs a network that it has run before: no less than this, */
  readonly run: number;
  /** or this many times the longest run of the job so far. */
  readonly times: number;
  /** While it prepares one, or runs it for the first time: drivers compile for long. */
  readonly first: number;
  /** After so long without a word, a process that is not in a graphics card must have spent processor time. */
  readonly own: number;
  /** How often silence is looked at. */
  readonly every: number;
}

export const TIMEOUTS: Timeouts = { run: 60_000, times: 20, first: 240_000, own: 120_000, every: 1000 };

/** Less than this share of one processor is no work: a process that hangs still wakes up for timers. */
const IDLE_SHARE = 0.002;

/** Devices whose work is the processor's. */
const PROCESSORS: readonly HeartbeatDevice[] = ['cpu', 'tensorflow'];

interface WatchdogOptions {
  readonly timeouts: Timeouts;
  /** Processor time that the engine has taken so far, in seconds; `undefined` where it cannot be told. */
  readonly processorTime: () => Promise<number | undefined>;
  /** Called once, with what is wrong. */
  readonly onHang: (sentence: string) => void;
}

export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #timer: NodeJS.Timeout;
  #heartbeat: Heartbeat | undefined;
  /** Answers that the engine owes. */
  #owed = 0;
  /** Since it was last heard, in ms of a machine that was awake. */
  #silence = 0;
  #looked = performance.now();
  #looking = false;
  /** Begin of what it is in. */
  #began = 0;
  #longestRun = 0;
  /** The processor time at the last look, and the silence then. */
  #spent: { seconds: number; at: number } | undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), options.timeouts.every);
    this.#timer.unref();
  }

  /** The device that the engine last computed on. */
  get device(): HeartbeatDevice | undefined {
    return this.#heartbeat?.device;
  }

  /** Whether the engine owes an answer. One that ends while it owes none was ended by somebody, or by nothing it did. */
  get owes(): boolean {
    return this.#owed > 0;
  }

  /** A job begins: what others took says nothing about it. */
  begun(): void {
    this.#longestRun = 0;
  }

  asked(): void {
    if (this.#owed++ === 0) this.#heard();
  }

  answered(): void {
    this.#owed = Math.max(0, this.#owed - 1);
    this.#heard();
  }

  beat(heartbeat: Heartbeat): void {
    const now = performance.now();
    if (heartbeat.work === null && this.#heartbeat?.work === 'run')
      this.#longestRun = Math.max(this.#longestRun, now - this.#began);
    this.#began = now;
    this.#heartbeat = heartbeat;
    this.#heard();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #heard(): void {
    this.#silence = 0;
    this.#spent = undefined;
  }

  async #look(): Promise<void> {
    const now = performance.now();
    const { timeouts, onHang } = this.#options;
    // A machine that slept, or a host that was busy, heard nothing either.
    this.#silence += Math.min(now - this.#looked, 2 * timeouts.every);
    this.#looked = now;
    if (this.#owed === 0 || this.#looking) return;
    this.#looking = true;
    const hangs = await this.#hangs();
    this.#looking = false;
    if (!hangs) return;
    this.end();
    onHang(this.#sentence());
  }

  async #hangs(): Promise<boolean> {
    const { timeouts } = this.#options;
    const card = this.#card();
    if (card?.work === 'run' && this.#longestRun > 0)
      return this.#silence > Math.max(timeouts.run, timeouts.times * this.#longestRun);
    if (card !== undefined)
      return this.#silence > Math.max(timeouts.first, timeouts.times * this.#longestRun);
    return this.#isIdle(timeouts.own);
  }

  /** Whether no processor time worth speaking of was spent during the later half of `period` ms of silence, or of the half after it. */
  async #isIdle(period: number): Promise<boolean> {
    const at = this.#silence;
    const before = this.#spent;
    if (at - (before?.at ?? 0) < period / 2) return false;
    const seconds = await this.#options.processorTime();
    // It may have answered meanwhile.
    if (seconds === undefined || this.#silence < at) return false;
    this.#spent = { seconds, at };
    return before !== undefined && (seconds - before.seconds) * 1000 < IDLE_SHARE * (at - before.at);
  }

  /** What a graphics card is in, if it is. */
  #card(): Heartbeat | undefined {
    const heartbeat = this.#heartbeat;
    return heartbeat === undefined || heartbeat.work === null || PROCESSORS.includes(heartbeat.device)
      ? undefined
      : heartbeat;
  }

  #sentence(): string {
    const silent = `${(this.#silence / 1000).toFixed(0)} seconds`;
    const card = this.#card();
    if (card === undefined) return `The engine has neither answered nor computed for ${silent}.`;
    const usual = `where a step took ${(this.#longestRun / 1000).toFixed(1)} seconds at most`;
    const but = card.work === 'run' && this.#longestRun > 0 ? usual : 'while it was made ready';
    return `The device "${card.device}" has not answered for ${silent}, ${but}.`;
  }
}
