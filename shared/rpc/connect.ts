/**
 * The end of a port that asks: the other side's service as an object of typed functions. Its streams are iterators by hand, not
 * relays: they have no source of their own, but ask the port for each value and tell it when they are left.
 */
import { errorFrom } from '../errors.ts';
import type { ClientOf, Contract } from './contract.ts';
import { isReply, type Port, type ReplyBody, type Request } from './wire.ts';

/** The service at the other end. When the port closes, whatever is under way rejects with the port's reason. */
export function connect<C extends Contract>(port: Port, contract: C): ClientOf<C> {
  const client = new Client(port);
  const calls = Object.keys(contract.calls).map((name) => [
    name,
    (argument: unknown) => client.call(name, argument),
  ]);
  const streams = Object.keys(contract.streams).map((name) => [
    name,
    (argument: unknown) => client.stream(name, argument),
  ]);
  // The one assertion: the names are complete by their type; that the values are right is the promise of one build on both sides.
  return Object.fromEntries([...calls, ...streams]) as ClientOf<C>;
}

/** A call or an open stream: its requests that wait for a reply, in order. */
interface Exchange {
  id: number;
  waiting: { resolve: (reply: ReplyBody) => void; reject: (reason: Error) => void }[];
  /** Why the port closed on it. */
  broken?: Error;
}

class Client {
  readonly #port: Port;
  readonly #exchanges = new Map<number, Exchange>();
  #lastId = 0;

  constructor(port: Port) {
    this.#port = port;
    port.onMessage((message) => {
      if (!isReply(message)) return;
      const waiting = this.#exchanges.get(message.id)?.waiting.shift();
      if (message.type === 'error') waiting?.reject(errorFrom(message.error));
      else waiting?.resolve(message);
    });
    port.onClose((reason) => {
      for (const exchange of this.#exchanges.values()) {
        exchange.broken = reason;
        for (const { reject } of exchange.waiting.splice(0)) reject(reason);
      }
      this.#exchanges.clear();
    });
  }

  async call(name: string, argument: unknown): Promise<unknown> {
    const exchange = this.#begin();
    try {
      const reply = await this.#request(exchange, { type: 'call', name, argument });
      return reply.type === 'value' ? reply.value : undefined;
    } finally {
      this.#end(exchange);
    }
  }

  /** Opens at the first pull, as a generator would start. */
  stream(name: string, argument: unknown): AsyncIterableIterator<unknown> {
    let exchange: Exchange | undefined;
    let over = false;
    const finish = (): IteratorResult<unknown> => {
      over = true;
      if (exchange !== undefined) this.#end(exchange);
      return { done: true, value: undefined };
    };
    const pull = async (): Promise<IteratorResult<unknown>> => {
      if (over) return finish();
      try {
        exchange ??= this.#open(name, argument);
        const reply = await this.#request(exchange, { type: 'pull' });
        return reply.type === 'value' ? { done: false, value: reply.value } : finish();
      } catch (error) {
        finish();
        throw error;
      }
    };
    /** Resolves when the source has cleaned up after itself. */
    const leave = async (): Promise<IteratorResult<unknown>> => {
      if (over || exchange === undefined) return finish();
      over = true;
      try {
        await this.#request(exchange, { type: 'cancel' });
      } catch (error) {
        if (exchange.broken === undefined) throw error;
      } finally {
        this.#end(exchange);
      }
      return finish();
    };
    const iterator = { next: pull, return: leave, [Symbol.asyncIterator]: () => iterator };
    return iterator;
  }

  #open(name: string, argument: unknown): Exchange {
    const exchange = this.#begin();
    this.#port.post({ id: exchange.id, type: 'open', name, argument } satisfies Request);
    return exchange;
  }

  #begin(): Exchange {
    const exchange: Exchange = { id: ++this.#lastId, waiting: [] };
    this.#exchanges.set(exchange.id, exchange);
    return exchange;
  }

  /** Forgets an exchange; one with requests still under way is kept for their replies. */
  #end(exchange: Exchange): void {
    if (exchange.waiting.length === 0) this.#exchanges.delete(exchange.id);
  }

  #request(exchange: Exchange, request: Omit<Request, 'id'>): Promise<ReplyBody> {
    return new Promise((resolve, reject) => {
      if (exchange.broken !== undefined) throw exchange.broken;
      this.#port.post({ id: exchange.id, ...request });
      exchange.waiting.push({ resolve, reject });
    });
  }
}
