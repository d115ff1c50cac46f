/** A port that dials again when its other side is lost, so that whoever holds it need not be replaced. */
import { ReverieError } from '../../shared/errors.ts';
import type { Port } from '../../shared/rpc/wire.ts';
import type { Connection } from './host.ts';

/** Thrown by a dial that needs the user before it can work: it is not tried again. */
export class Locked extends Error {}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4_000;

export class LastingPort implements Port {
  readonly #dial: () => Promise<Port>;
  readonly #wait: (ms: number) => Promise<void>;
  readonly #messages: ((message: unknown) => void)[] = [];
  readonly #closes: ((reason: Error) => void)[] = [];
  readonly #watchers: ((connection: Connection) => void)[] = [];
  #current: Port | undefined;
  #connection: Connection = 'connecting';

  /** `wait` is given by tests. */
  constructor(dial: () => Promise<Port>, wait: (ms: number) => Promise<void> = sleep) {
    this.#dial = dial;
    this.#wait = wait;
    void this.#keep();
  }

  post(message: unknown): void {
    if (this.#current === undefined) throw lost();
    this.#current.post(message);
  }

  onMessage(handler: (message: unknown) => void): void {
    this.#messages.push(handler);
  }

  onClose(handler: (reason: Error) => void): void {
    this.#closes.push(handler);
  }

  onConnection(handler: (connection: Connection) => void): void {
    this.#watchers.push(handler);
    handler(this.#connection);
  }

  async #keep(): Promise<void> {
    let wait = FIRST_WAIT_MS;
    for (;;) {
      try {
        const port = await this.#dial();
        wait = FIRST_WAIT_MS;
        await this.#use(port);
      } catch (error) {
        this.#tell(error instanceof Locked ? 'locked' : 'lost');
        if (error instanceof Locked) return;
      }
      await this.#wait(wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  /** Resolves when the port has closed. */
  async #use(port: Port): Promise<void> {
    const closed = new Promise<Error>((resolve) => port.onClose(resolve));
    port.onMessage((message) => this.#messages.forEach((handler) => handler(message)));
    this.#current = port;
    this.#tell('open');
    const reason = await closed;
    this.#current = undefined;
    this.#tell('lost');
    for (const handler of this.#closes) handler(reason);
  }

  #tell(connection: Connection): void {
    if (connection === this.#connection) return;
    this.#connection = connection;
    for (const watcher of this.#watchers) watcher(connection);
  }
}

function lost(): ReverieError {
  return new ReverieError('engine/crashed', 'The connection to Reverie was lost; it is being made again.');
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
