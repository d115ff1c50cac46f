/** The studio as a door opens it: nobody else works on its folder meanwhile. */
import { lockFolder } from './lock.ts';
import { openStudio, type Studio, type StudioOptions } from './studio.ts';

/** @throws ReverieError studio/in-use */
export async function openLocked(options: StudioOptions): Promise<Studio> {
  const unlock = await lockFolder(options.home);
  try {
    const studio = await openStudio(options);
    return {
      ...studio,
      async close() {
        await studio.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}
