/** What a library writes on stderr, line by line in the log; of a flood, its beginning and its end. */
import { log } from './log.ts';

/** So many lines in so many ms are written as they come; of what exceeds them, the last few, once it is over. */
const PERIOD_MS = 10_000;
const MOST_LINES = 100;
const LAST_LINES = 20;
/** A line is broken after so many characters. */
const LONGEST_LINE = 2000;

export class LinesToLog {
  readonly #area: string;
  readonly #now: () => number;
  #unfinished = '';
  #began = -Infinity;
  #lines = 0;
  /** Of the lines that were held back, the last ones. */
  #last: string[] = [];

  constructor(area: string, now: () => number = () => performance.now()) {
    this.#area = area;
    this.#now = now;
  }

  /** Takes what has come, which may end in the middle of a line. */
  add(text: string): void {
    const lines = (this.#unfinished + text).split(/\r?\n/);
    this.#unfinished = lines.pop() ?? '';
    for (const line of lines) this.#take(line);
    while (this.#unfinished.length > LONGEST_LINE) {
      this.#take(this.#unfinished.slice(0, LONGEST_LINE));
      this.#unfinished = this.#unfinished.slice(LONGEST_LINE);
    }
  }

  /** Nothing more will come. */
  end(): void {
    this.#take(this.#unfinished);
    this.#unfinished = '';
    this.#release();
  }

  #take(line: string): void {
    if (line.trim() === '') return;
    const now = this.#now();
    if (now - this.#began > PERIOD_MS) {
      this.#release();
      this.#began = now;
      this.#lines = 0;
    }
    if (++this.#lines <= MOST_LINES) log.info(this.#area, line);
    else this.#last = [...this.#last, line].slice(-LAST_LINES);
  }

  #release(): void {
    const left = this.#lines - MOST_LINES - this.#last.length;
    if (left > 0) log.info(this.#area, `… ${left} lines are left out …`);
    for (const line of this.#last.splice(0)) log.info(this.#area, line);
    this.#lines = 0;
  }
}
