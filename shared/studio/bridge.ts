/**
 * What the desktop's preload script puts on the page as `window.reverie`; in a browser there is none. Everything else goes
 * over the studio's port, in both.
 */
import type { PlainError } from '../errors.ts';

export interface Bridge {
  /** As in Node's `process.platform`. */
  readonly platform: string;
  /**
   * Asks for ports. The page then gets a `message` event from itself with {@link STUDIO_PORT} as its data and the port in
   * `ports[0]`: listen first. Asking again gives a new port and closes the old one.
   */
  connect(): void;
  /**
   * Asks for a port to the engine's live picture of a job (live-frames.ts, the job's id being the channel): it comes like the
   * studio's, with {@link framesPort} as the data. It closes when the engine ends. The studio's own `frames` gives none here.
   */
  connectFrames(job: string): void;
  /**
   * Takes files that the user dropped, pasted or chose, folders included; gives an offer for each, in order, to be used in an
   * {@link import('./gallery.ts').ImportRequest}.
   */
  offer(files: readonly File[]): Promise<Reply<readonly string[]>>;
  /**
   * Saves one thing under a name that the user chooses, several in a folder; a ZIP of steps becomes a folder of PNG files.
   * @returns the name of the file or folder, or `null` when the user changed their mind
   */
  save(items: readonly SaveItem[]): Promise<Reply<string | null>>;
  /** Shows a gallery picture in the system's file manager. */
  reveal(picture: string): Promise<Reply<null>>;
  /** Shows the folder of the program's state, or its log, in the system's file manager. */
  show(what: 'folder' | 'log'): Promise<Reply<null>>;
  /** What {@link remember} was given, by its keys: it outlives the page and the program, however they end. */
  storage(): Promise<Reply<Readonly<Record<string, unknown>>>>;
  /** Keeps something small, as JSON can hold it. */
  remember(key: string, value: unknown): void;
  /** Begins to drag a gallery picture out of the window; call it in `dragstart`, after `preventDefault()`. */
  startDrag(picture: string): void;
  /** Called when the native menu, a second start or the system asks for something, or has asked before. Once the studio is there. */
  onCommand(handler: (command: DesktopCommand) => void): void;
}

/** An answer of the main process: an error crosses the preload script as data, or its code would be lost. */
export type Reply<Value> = { value: Value } | { error: PlainError };

/** What lies at an address of addresses.ts, or what the page itself has made. */
export type SaveItem = { address: string } | { name: string; bytes: Uint8Array };

/** Data of the `message` event that brings the studio's port. */
export const STUDIO_PORT = 'reverie:studio-port';

/** Data of the `message` event that brings a port of frames. */
export function framesPort(job: string): string {
  return `reverie:frames-port:${job}`;
}

/** The pages of the window's help. */
export const helpPages = ['keyboard', 'news', 'about', 'licences', 'log', 'report'] as const;
export type HelpPage = (typeof helpPages)[number];

export type DesktopCommand =
  | { command: 'import'; offers: readonly string[] } // files opened by the system, the menu or a second start
  | { command: 'export' | 'settings' }
  | { command: 'help'; page: HelpPage };
