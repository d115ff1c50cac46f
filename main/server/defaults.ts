/** What the server does when nothing is said. */

/** Any free port where it is taken. */
export const USUAL_PORT = 4747;

/** Shorter tokens could be guessed. */
export const SHORTEST_TOKEN = 16;
