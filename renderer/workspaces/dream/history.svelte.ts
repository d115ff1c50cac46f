/** Undo and redo over immutable states: what was, what is, what was undone. */

const LONGEST = 200;
/** Changes of the same kind that follow each other this closely, such as a slider's, are undone together. */
const TOGETHER_MS = 900;

export class History<State> {
  #past = $state.raw<readonly State[]>([]);
  #future = $state.raw<readonly State[]>([]);
  #kind: string | null = null;
  #at = -Infinity;

  /** Remembers the state before a change. `at`: ms of any clock. */
  record(before: State, kind: string, at: number): void {
    const joined = kind === this.#kind && at - this.#at < TOGETHER_MS && this.#past.length > 0;
    if (!joined) this.#past = [...this.#past, before].slice(-LONGEST);
    this.#future = [];
    this.#kind = kind;
    this.#at = at;
  }

  /** The state before the present one, or `undefined` at the beginning. */
  undo(present: State): State | undefined {
    const state = this.#past.at(-1);
    if (state === undefined) return undefined;
    this.#past = this.#past.slice(0, -1);
    this.#future = [...this.#future, present];
    this.#kind = null;
    return state;
  }

  /** The state that was left by undoing, or `undefined` at the end. */
  redo(present: State): State | undefined {
    const state = this.#future.at(-1);
    if (state === undefined) return undefined;
    this.#future = this.#future.slice(0, -1);
    this.#past = [...this.#past, present];
    this.#kind = null;
    return state;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }
}
