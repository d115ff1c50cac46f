/**
 * Streams that pass another's values on. Unlike a generator, a relay hands leaving on at once, also while a value is being waited for,
 * so that whoever leaves need not wait for the step that is under way.
 */

interface Relay<In, Out> {
  /** What becomes of a value; `undefined` passes over it. The same value by default. */
  each?: (value: In) => Out | undefined;
  /** After a failure: another source to go on with, or `undefined` to let the failure through. Not asked once the reader has left. */
  recover?: (error: unknown) => Promise<AsyncIterable<In> | undefined>;
  /** Whether nothing comes after a value: who has it may ask for nothing more, so the stream ends before it is given. */
  isLast?: (value: In) => boolean;
  /** Once, however the stream ends; its reader waits for it. */
  ended?: () => Promise<void> | void;
}

/** @param open Gives the source, at the first pull. */
export function relay<In, Out = In>(
  open: () => AsyncIterable<In> | Promise<AsyncIterable<In>>,
  { each = (value) => value as unknown as Out, recover, isLast, ended }: Relay<In, Out> = {},
): AsyncIterableIterator<Out> {
  let source: AsyncIterator<In> | undefined;
  let opening = false;
  let left = false;
  let over: Promise<void> | undefined;
  /** Asked again after every wait, during which the reader may have left. */
  const isLeft = (): boolean => left;
  const end = (): Promise<void> => (over ??= Promise.resolve(ended?.()));
  const finished = async (): Promise<IteratorResult<Out>> => {
    await end();
    return { done: true, value: undefined };
  };

  const next = async (): Promise<IteratorResult<Out>> => {
    for (;;) {
      if (isLeft() || over !== undefined) return finished();
      try {
        if (source === undefined) {
          opening = true;
          source = (await open())[Symbol.asyncIterator]();
          opening = false;
        }
        if (isLeft()) {
          await source.return?.();
          return await finished();
        }
        const result = await source.next();
        if (result.done === true) return await finished();
        const value = each(result.value);
        if (isLast?.(result.value) === true) {
          await source.return?.();
          await end();
        }
        if (value !== undefined) return { done: false, value };
      } catch (error) {
        opening = false;
        // Nobody is left to be told how it ended.
        if (isLeft()) return finished();
        const other = await recover?.(error);
        if (other === undefined) {
          await end();
          throw error;
        }
        source = other[Symbol.asyncIterator]();
      }
    }
  };
  const iterator: AsyncIterableIterator<Out> = {
    [Symbol.asyncIterator]: () => iterator,
    next,
    /** Resolves when the source has cleaned up after itself. */
    async return() {
      left = true;
      // The pull that opens the source ends it, too.
      if (opening) return { done: true, value: undefined };
      try {
        await source?.return?.();
      } finally {
        await end();
      }
      return { done: true, value: undefined };
    },
  };
  return iterator;
}

/** The values of a stream until `signal` is aborted; then the source is told at once, and nothing more is given. */
export function until<T>(stream: AsyncIterable<T>, signal: AbortSignal): AsyncIterableIterator<T> {
  const values = relay(() => stream, { each: (value: T) => (signal.aborted ? undefined : value) });
  const leave = (): void => void values.return?.();
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave, { once: true });
  return values;
}
