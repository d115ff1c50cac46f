/** The end of a port that answers: it reaches only what its table names. */
import { ReverieError, errorData, plainError, type ErrorData } from '../errors.ts';
import { isRequest, type Port, type Reply, type ReplyBody } from './wire.ts';

/** What a port may reach. Arguments come unchecked; a handler's refusal is answered like any other failure. */
export interface Handlers {
  calls: Readonly<Record<string, (argument: unknown) => Promise<unknown>>>;
  /** `signal` is aborted when the reader leaves, so that a step under way need not be finished. */
  streams: Readonly<Record<string, (argument: unknown, signal: AbortSignal) => AsyncIterable<unknown>>>;
}

/** What the other side is told of a failure. @param name Of the call or stream that failed, as it was asked for. */
export type Disclosure = (error: unknown, name: unknown) => ErrorData;

/**
 * Answers a port's requests until it closes; then its streams are cancelled.
 * @param disclose Everything, by default: that is for our own processes.
 */
export function serve(handlers: Handlers, port: Port, disclose: Disclosure = errorData): void {
  const streams = new Map<
    number,
    { name: unknown; values: AsyncGenerator<unknown, void, undefined>; leave: AbortController }
  >();

  const answer = async (id: number, name: unknown, work: () => Promise<ReplyBody>): Promise<void> => {
    const answered = await work().catch((error: unknown): ReplyBody => {
      if (streams.has(id)) void answerless(cancel(id));
      return { type: 'error', error: disclose(error, name) };
    });
    try {
      port.post({ id, ...answered } satisfies Reply);
    } catch (error) {
      if (streams.has(id)) void answerless(cancel(id));
      try {
        port.post({ id, type: 'error', error: plainError(error) } satisfies Reply);
      } catch {
        // The port is closed: nobody is left to be told.
      }
    }
  };
  const call = async (name: unknown, argument: unknown): Promise<ReplyBody> => {
    return { type: 'value', value: await named(handlers.calls, name)(argument) };
  };
  const open = (id: number, name: unknown, argument: unknown): void => {
    const leave = new AbortController();
    streams.set(id, { name, values: start(handlers, name, argument, leave.signal), leave });
  };
  const pull = async (id: number): Promise<ReplyBody> => {
    const stream = streams.get(id);
    if (stream === undefined) throw new ReverieError('internal', `There is no stream ${id}.`);
    const result = await stream.values.next();
    if (result.done !== true) return { type: 'value', value: result.value };
    streams.delete(id);
    return { type: 'end' };
  };
  const cancel = async (id: number): Promise<ReplyBody> => {
    const stream = streams.get(id);
    streams.delete(id);
    stream?.leave.abort();
    await stream?.values.return(undefined);
    return { type: 'end' };
  };

  port.onMessage((message) => {
    if (!isRequest(message)) return;
    const { id, type, name, argument } = message;
    if (type === 'open') open(id, name, argument);
    else if (type === 'call') void answer(id, name, () => call(name, argument));
    else void answer(id, streams.get(id)?.name, () => (type === 'pull' ? pull(id) : cancel(id)));
  });
  port.onClose(() => {
    for (const id of streams.keys()) void answerless(cancel(id));
  });
}

/** A clean-up whose failure has nobody left to be told to. */
async function answerless(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}

/** Reaches the handler at the first pull, so that its refusal is the answer to that pull. */
async function* start(
  table: Handlers,
  name: unknown,
  argument: unknown,
  signal: AbortSignal,
): AsyncGenerator<unknown, void, undefined> {
  yield* named(table.streams, name)(argument, signal);
}

function named<T>(table: Readonly<Record<string, T>>, name: unknown): T {
  const entry = typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined;
  if (entry === undefined) throw new ReverieError('internal', `There is no ${JSON.stringify(name)} to call.`);
  return entry;
}
