/** What distinguishes the projects of playwright.config.ts. */
export interface DoorOption {
  /** How the window is opened: as a tab on the served studio, or by the desktop program. */
  door: 'browser' | 'desktop';
}
