/** Where the window was, so that it opens there again, if there is still a screen. */
import type { BrowserWindow, Rectangle, Screen } from 'electron';
import { isRecord } from '../../shared/schema.ts';
import type { StoredFormat } from '../../shared/stored.ts';
import { log } from '../log/log.ts';
import { JsonFile } from '../files/json-file.ts';
import { readStored } from '../files/stored-file.ts';

export const WINDOW: StoredFormat = { name: "The window's place", key: 'format', current: 1, steps: {} };

export const SMALLEST = { width: 1024, height: 700 } as const;
/** A window that is dragged tells every pixel of its way. */
const SETTLED_MS = 500;
const USUAL = { width: 1440, height: 900 } as const;

interface WindowState {
  bounds: Partial<Rectangle> & { width: number; height: number };
  maximised: boolean;
}

/** @param screen Electron's, of which the bounds must be visible. */
export async function readWindowState(
  path: string,
  screen: Pick<Screen, 'getAllDisplays'>,
): Promise<WindowState> {
  const { entries: stored, refused } = await readStored(path, WINDOW);
  if (refused !== null) log.warning('window', `${refused.why} The window opens in its usual place.`);
  const usual: WindowState = { bounds: fitting(screen), maximised: false };
  if (stored === undefined) return usual;
  const { bounds } = stored;
  if (!isRectangle(bounds) || !screen.getAllDisplays().some(({ workArea }) => shows(workArea, bounds)))
    return usual;
  const width = Math.max(bounds.width, SMALLEST.width);
  const height = Math.max(bounds.height, SMALLEST.height);
  return { bounds: { ...bounds, width, height }, maximised: stored['maximised'] === true };
}

/** The usual size, or what the first screen has room for: nobody sees what lies beyond it. */
function fitting(screen: Pick<Screen, 'getAllDisplays'>): WindowState['bounds'] {
  const { width, height } = screen.getAllDisplays()[0]?.workArea ?? USUAL;
  return {
    width: Math.max(Math.min(USUAL.width, width), SMALLEST.width),
    height: Math.max(Math.min(USUAL.height, height), SMALLEST.height),
  };
}

/** Keeps the window's place when it is closed and soon after it was changed. @returns what waits until it is on the disk */
export function keepWindowState(window: BrowserWindow, path: string): () => Promise<void> {
  const file = new JsonFile(path);
  let timer: NodeJS.Timeout | undefined;
  let written: Promise<void> = Promise.resolve();
  const keep = (): void => {
    clearTimeout(timer);
    if (window.isDestroyed()) return;
    const state: WindowState = { bounds: window.getNormalBounds(), maximised: window.isMaximized() };
    // A window that opens in its usual place is no reason for an error.
    written = file
      .write({ [WINDOW.key]: WINDOW.current, ...state })
      .catch((error: unknown) => log.swallowed('window', 'Its place was not kept', error));
  };
  const keepSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(keep, SETTLED_MS);
  };
  window.on('close', keep);
  window.on('resize', keepSoon);
  window.on('move', keepSoon);
  return () => written;
}

/** Whether enough of the window's upper edge is visible to take hold of it. */
function shows(area: Rectangle, { x, y, width }: Rectangle): boolean {
  const visible = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
  return visible >= 100 && y >= area.y - 10 && y < area.y + area.height - 50;
}

function isRectangle(value: unknown): value is Rectangle {
  return isRecord(value) && ['x', 'y', 'width', 'height'].every((key) => Number.isInteger(value[key]));
}
