/**
 * Addresses of what the window shows and downloads, relative to its own page: both doors serve the same paths. Ids are resolved
 * inside the studio alone.
 */
import type { WrittenFormat } from '../picture-formats.ts';
import type { Picture } from './gallery.ts';
import type { UnitPicture } from './units.ts';

/** The original file, for `<img>`. The version lets it be cached for good. */
export function pictureAddress(picture: Picture): string {
  return `/picture/${encodeURIComponent(picture.id)}?v=${version(picture)}`;
}

/** A JPEG of at most 384 pixels on the longer side, upright, made when first asked for. */
export function thumbnailAddress(picture: Picture): string {
  return `/thumbnail/${encodeURIComponent(picture.id)}?v=${version(picture)}`;
}

/** The picture after a step of a job: a PNG of the size of its octave. */
export function frameAddress(job: string, step: number): string {
  return `/run/${encodeURIComponent(job)}/frames/${step}`;
}

/** The same as a small JPEG, for the film strip. */
export function frameThumbnailAddress(job: string, step: number): string {
  return `/run/${encodeURIComponent(job)}/strip/${step}`;
}

/** The picture that a job started from, kept with the job even when it is gone from the gallery. */
export function sourceAddress(job: string): string {
  return `/run/${encodeURIComponent(job)}/source`;
}

/** The perturbation of an attack, ten times as strong, around mid-grey. */
export function perturbationAddress(job: string): string {
  return `/run/${encodeURIComponent(job)}/perturbation`;
}

/** Fresh random views of an attack's result on a grid, for one that was judged by them. */
export function viewsAddress(job: string): string {
  return `/run/${encodeURIComponent(job)}/views`;
}

/** A patch that works anywhere, transparent around it. */
export function patchAddress(job: string): string {
  return `/run/${encodeURIComponent(job)}/patch`;
}

/** A sheet with that patch, to be printed. */
export function patchSheetAddress(job: string): string {
  return `/run/${encodeURIComponent(job)}/sheet`;
}

/** A channel in the atlas; there once it is among the `done` of its page. */
export function channelAddress(model: string, layer: string, channel: number): string {
  return `/channel/${encodeURIComponent(model)}/${encodeURIComponent(layer)}/${channel}`;
}

/** A picture of a unit's own page. */
export function unitPictureAddress(unit: string, picture: UnitPicture): string {
  return `/unit/${unit}/${picture}`;
}

/** A download in another format; `png` is the original file (recipe included) where that is a PNG. `quality` 1–100. */
export function exportAddress(picture: string, format: WrittenFormat, quality = 92): string {
  return `/export/${encodeURIComponent(picture)}?format=${format}&quality=${quality}`;
}

/** A download of every step as a PNG, in one ZIP file. */
export function exportFramesAddress(job: string): string {
  return `/run/${encodeURIComponent(job)}/frames.zip`;
}

/** A download of a short film as one picture that plays. */
export function animationAddress(job: string, format: 'webp' | 'gif'): string {
  return `/run/${encodeURIComponent(job)}/film.${format}`;
}

/** A file that was made for a download, in a folder of its own; there until the next start. */
export function keptAddress(folder: string, name: string): string {
  return `/kept/${encodeURIComponent(folder)}/${encodeURIComponent(name)}`;
}

function version({ added, bytes }: Picture): string {
  return `${Math.round(added).toString(36)}-${bytes.toString(36)}`;
}
