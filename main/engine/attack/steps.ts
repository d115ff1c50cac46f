/** An attack is a generator: of its steps, and at the end of what it found. */

/** What it found when all its steps have been pulled. */
export async function outcome<Result>(steps: AsyncGenerator<unknown, Result, undefined>): Promise<Result> {
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return next.value;
  }
}

/** The same with each step told in another way. */
export async function* mapSteps<From, To, Result>(
  steps: AsyncGenerator<From, Result, undefined>,
  tell: (step: From) => To | Promise<To>,
): AsyncGenerator<To, Result, undefined> {
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return next.value;
    yield await tell(next.value);
  }
}
