/** Undo and redo over immutable states: what was, what is, what was undone. */

const LONGEST = 200;
/** Changes of the same kind that follow each other this closely, such as a slider's, are undone together. */
const TOGETHER_MS = 900;

export class History<State> {
  readonly #past: State[] = [];
  readonly #future: State[] = [];
  #kind: string | null = null;
  #at = -Infinity;

  /** Remembers the state before a change. `at`: ms of any clock. */
  record(before: State, kind: string, at: number): void {
    const joined = kind === this.#kind && at - this.#at < TOGETHER_MS && this.#past.length > 0;
    if (!joined) this.#past.push(before);
    if (this.#past.length > LONGEST) this.#past.shift();
    this.#future.length = 0;
    this.#kind = kind;
    this.#at = at;
  }

  /** The state before the present one, or `undefined` at the beginning. */
  undo(present: State): State | undefined {
    return this.#move(this.#past, this.#future, present);
  }

  /** The state that was left by undoing, or `undefined` at the end. */
  redo(present: State): State | undefined {
    return this.#move(this.#future, this.#past, present);
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  #move(from: State[], to: State[], present: State): State | undefined {
    const state = from.pop();
    if (state === undefined) return undefined;
    to.push(present);
    this.#kind = null;
    return state;
  }
}
