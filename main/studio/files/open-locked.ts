/** The studio as a door opens it: nobody else works on its folder meanwhile, and it closes whatever happens. */
import { lockFolder } from './lock.ts';
import { withTimeout } from '../timeout.ts';
import { openStudio, type Studio, type StudioOptions } from '../studio.ts';

/** A step on a large picture may take so long to come to an end, in ms, and no more is waited for: a program that cannot be closed is worse. */
const LONGEST_CLOSE_MS = 30_000;

/** @throws ReverieError studio/in-use */
export async function openLocked(options: StudioOptions, longestCloseMs = LONGEST_CLOSE_MS): Promise<Studio> {
  const unlock = await lockFolder(options.home);
  try {
    const studio = await openStudio(options);
    return {
      ...studio,
      async close() {
        await withTimeout(studio.close(), longestCloseMs);
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}
