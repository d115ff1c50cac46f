/**
 * What the window needs from the world around it. Two hosts give it: a browser tab and the desktop window. Nothing else in the
 * window knows which of them it lives in.
 */
import type { DesktopCommand } from '../../shared/studio/bridge.ts';
import type { Studio } from '../../shared/studio/contract.ts';
import type { PageStorage } from './storage.ts';

/** `locked`: a browser tab that was opened without the token. */
export type Connection = 'connecting' | 'open' | 'lost' | 'locked';

export interface Host {
  /** Stays the same object when the connection is lost and made again; meanwhile everything it is asked rejects. */
  readonly studio: Studio;
  /** As in Node's `process.platform`, or `browser`. */
  readonly platform: string;
  /** Tells the present state at once, and then every change. */
  onConnection(handler: (connection: Connection) => void): void;
  /** The files of a drop or a paste; folders are opened where the host cannot offer them whole. */
  filesOf(transfer: DataTransfer): Promise<readonly File[]>;
  /** Hands a file over; the offer is used up by `importFiles`. @throws ReverieError */
  offer(file: File): Promise<string>;
  /**
   * Saves one thing as a file, several in a folder where the host can do that.
   * @returns the name, or `null` when it is not known or the user thought better of it
   */
  save(items: readonly Saveable[]): Promise<string | null>;
  /** Shows a gallery picture in the system's file manager; `null` where there is none to show it in. */
  readonly reveal: ((picture: string) => Promise<void>) | null;
  /** Shows the folder of the program's state, or its log, in the system's file manager; `null` where that is another machine's. */
  readonly show: ((what: 'folder' | 'log') => Promise<void>) | null;
  /** Begins to drag a gallery picture out of the window, in `dragstart`; `null` where the page cannot. */
  readonly startDrag: ((picture: string) => void) | null;
  onCommand(handler: (command: DesktopCommand) => void): void;
  /** What the window remembers by itself from one opening to the next. */
  openStorage(): Promise<PageStorage>;
}

/** What lies at an address of addresses.ts, or what the page itself has made. */
export type Saveable = { readonly address: string } | { readonly name: string; readonly blob: Blob };
