/** An attack is a generator: of its steps, and at the end of what it found. */

/** What it found when all its steps have been pulled. */
export async function outcome<Result>(steps: AsyncGenerator<unknown, Result, undefined>): Promise<Result> {
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return next.value;
  }
}

/** The same with each step told in another way. @param tell is also given the milliseconds that the step took */
export async function* mapSteps<From, To, Result>(
  steps: AsyncGenerator<From, Result, undefined>,
  tell: (step: From, ms: number) => To | Promise<To>,
): AsyncGenerator<To, Result, undefined> {
  try {
    for (;;) {
      const since = performance.now();
      const next = await steps.next();
      if (next.done === true) return next.value;
      yield await tell(next.value, performance.now() - since);
    }
  } finally {
    // Whoever leaves early leaves the source, too; what it returns then is of no use to anyone.
    await steps.return(undefined as never);
  }
}
