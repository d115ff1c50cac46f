/** What the window tells of the program, and what it asks for when something has gone wrong. */

export interface About {
  /** Versions and machine, a row each, in the order in which they are shown. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** Where the state lies, as people write it: with `~` for their own folder. */
  readonly folder: string;
}

/** What a page tells of itself, as a message or a stack, is no longer than this. */
export const LONGEST_FAULT = 4000;
