/** What passes between the preload script and the main process. */

export const CHANNELS = {
  /** Asks for a port; it comes back over the channel of this name. */
  connect: 'reverie:connect',
  /** The same for a port of frames; it comes back with the job. */
  frames: 'reverie:frames',
  offer: 'reverie:offer',
  save: 'reverie:save',
  reveal: 'reverie:reveal',
  show: 'reverie:show',
  drag: 'reverie:drag',
  storage: 'reverie:storage',
  remember: 'reverie:remember',
  /** The page says that it listens to commands. */
  listen: 'reverie:listen',
  command: 'reverie:command',
} as const;

/** A file as the preload script found it: on the disk, or made by the system out of the clipboard. */
export type OfferedItem = { path: string } | { name: string; bytes: Uint8Array };
