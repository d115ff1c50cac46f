/** Where the window was, so that it opens there again, if there is still a screen. */
import type { BrowserWindow, Rectangle, Screen } from 'electron';
import { isRecord } from '../../shared/schema.ts';
import { log } from '../log/log.ts';
import { JsonFile, readJson } from '../files/json-file.ts';

export const SMALLEST = { width: 1024, height: 700 } as const;
const USUAL = { width: 1440, height: 900 } as const;

export interface WindowState {
  bounds: Partial<Rectangle> & { width: number; height: number };
  maximised: boolean;
}

/** @param screen Electron's, of which the bounds must be visible. */
export async function readWindowState(
  path: string,
  screen: Pick<Screen, 'getAllDisplays'>,
): Promise<WindowState> {
  const stored = await readJson(path).catch(() => undefined);
  const usual: WindowState = { bounds: { ...USUAL }, maximised: false };
  if (!isRecord(stored)) return usual;
  const { bounds } = stored;
  if (!isRectangle(bounds) || !screen.getAllDisplays().some(({ workArea }) => shows(workArea, bounds)))
    return usual;
  const width = Math.max(bounds.width, SMALLEST.width);
  const height = Math.max(bounds.height, SMALLEST.height);
  return { bounds: { ...bounds, width, height }, maximised: stored['maximised'] === true };
}

/** Remembers the window's place when it is closed. */
export function keepWindowState(window: BrowserWindow, path: string): void {
  const file = new JsonFile(path);
  window.on('close', () => {
    const state: WindowState = { bounds: window.getNormalBounds(), maximised: window.isMaximized() };
    // A window that opens in its usual place is no reason for an error.
    file.write(state).catch((error: unknown) => log.swallowed('window', 'Its place was not kept', error));
  });
}

/** Whether enough of the window's upper edge is visible to take hold of it. */
function shows(area: Rectangle, { x, y, width }: Rectangle): boolean {
  const visible = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
  return visible >= 100 && y >= area.y - 10 && y < area.y + area.height - 50;
}

function isRectangle(value: unknown): value is Rectangle {
  return isRecord(value) && ['x', 'y', 'width', 'height'].every((key) => Number.isInteger(value[key]));
}
