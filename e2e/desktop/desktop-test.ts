/** What a spec of the desktop alone begins with: the studio of every spec, and the program around it. */
import { test as base } from '../support/test.ts';
import { desktopDoor, type DesktopDoor } from '../support/desktop-door.ts';

export { expect } from '../support/test.ts';

export const test = base.extend<{ desktop: DesktopDoor }>({
  desktop: async ({ home }, use) => use(desktopDoor(home)),
  program: async ({ desktop }, use) => use(desktop),
});
