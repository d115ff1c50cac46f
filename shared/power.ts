/** The environment variables in which a door tells the engine's process how much of the machine it may take. */

/** Threads of one run; unset or empty leaves the number to the runtime. */
export const THREADS = 'REVERIE_THREADS';

/** Anything but empty: leave half of the processors alone, and let every other program go first. */
export const QUIET = 'REVERIE_QUIET';
