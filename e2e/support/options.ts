/** What distinguishes the projects of playwright.config.ts. */
export interface DoorOption {
  /** How the window is opened: as a tab on the served studio, or by the desktop program. */
  door: 'browser' | 'desktop';
}

/** What a spec waits for comes within that time, in ms, or not at all. */
export const LONGEST_MS = 90_000;
