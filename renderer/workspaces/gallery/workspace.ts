/** All pictures, and what can be done with each. */
import type { Workspace } from '../../state/shell.svelte.ts';
import { GalleryDesk } from './desk.svelte.ts';
import GalleryWorkspace from './GalleryWorkspace.svelte';

export const gallery: Workspace = {
  name: 'gallery',
  title: 'Gallery',
  key: 'g',
  component: GalleryWorkspace,
  exports(shell) {
    const pictures = shell.desk(GalleryDesk).chosen;
    const [only] = pictures;
    if (only === undefined) return undefined;
    return { pictures, job: pictures.length === 1 ? shell.studio.jobOf(only) : undefined };
  },
  shortcuts: [
    { keys: 'Enter', label: 'In the gallery: dream on the picture' },
    { keys: 'Delete', label: 'In the gallery: move to the trash' },
    { keys: 'Mod+a', label: 'In the gallery: select all' },
    { keys: '5', label: 'In the gallery: stars, 0 to 5' },
    { keys: '6', label: 'In the gallery: label, 6 to 9' },
    { keys: 'F2', label: 'In the gallery: rename' },
  ],
};
