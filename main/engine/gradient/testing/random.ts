/** Reproducible random numbers for tests: the "minimal standard" generator of Park and Miller (1988). */

export interface Random {
  /** In (0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** −1 or 1. */
  sign(): number;
  /** 0 … n−1 in random order. */
  shuffled(n: number): number[];
}

export function seededRandom(seed: number): Random {
  let state = (seed % 2147483646) + 1;
  const uniform = (): number => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  // The first numbers of neighbouring seeds are alike.
  for (let i = 0; i < 8; i++) uniform();
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
    sign: () => (uniform() < 0.5 ? -1 : 1),
    shuffled: (n) =>
      Array.from({ length: n }, (_, i) => ({ i, key: uniform() }))
        .sort((a, b) => a.key - b.key)
        .map(({ i }) => i),
  };
}
