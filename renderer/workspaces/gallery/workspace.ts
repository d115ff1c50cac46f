/** All pictures, and what can be done with each. */
import type { Workspace } from '../../state/shell.svelte.ts';
import GalleryWorkspace from './GalleryWorkspace.svelte';

export const gallery: Workspace = {
  name: 'gallery',
  title: 'Gallery',
  key: 'g',
  component: GalleryWorkspace,
  exports({ selection, studio }) {
    const pictures = selection.of(studio.gallery.map(({ id }) => id));
    const [only] = pictures;
    if (only === undefined) return undefined;
    return { pictures, job: pictures.length === 1 ? studio.jobOf(only) : undefined };
  },
  shortcuts: [
    { keys: 'Enter', label: 'In the gallery: dream on the picture' },
    { keys: 'Delete', label: 'In the gallery: move to the trash' },
    { keys: 'Mod+a', label: 'In the gallery: select all' },
  ],
};
