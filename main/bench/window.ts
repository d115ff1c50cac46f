/** What the end-to-end specs measured in the window when they last ran alone (`npm run e2e -- --workers=1 timing`). */
import { readFile } from 'node:fs/promises';
import { isRecord } from '../../shared/schema.ts';

/** All times in ms; tasks are those that block the window for more than 50 ms. */
const FIGURES = {
  msToUsable: 'from the start to a usable window, ms',
  msToFirstChange: 'from Dream to the first changed picture at 512 px, ms',
  longTasks: 'long tasks while a dream ran',
  longestTaskMs: 'the longest of them, ms',
  galleryFrameMs95: '95 % of the frames of a gallery of 1,000 pictures took at most, ms',
  galleryLongTasks: 'long tasks while it scrolled',
  galleryLongestTaskMs: 'the longest of them, ms',
  largeGalleryMsToUsable: 'from opening a gallery of 10,000 pictures to the first of them, ms',
  largeGalleryLongestTaskAtOpeningMs: 'the longest task meanwhile, ms',
  largeGalleryLongestTaskScrollingMs: 'the longest task while it scrolled, ms',
  largeGallerySearchMs: 'from a word that is searched for to what it finds, ms',
  largeGalleryHeapMB: 'memory of the page then, MB',
} as const;

export type WindowFigures = Partial<Record<keyof typeof FIGURES, number>>;

/** @returns `null` when the specs have not run on this build folder */
export async function readWindowFigures(path: string): Promise<WindowFigures | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  const measured: unknown = JSON.parse(text);
  if (!isRecord(measured)) return null;
  const known = Object.keys(FIGURES).flatMap((name) => {
    const value = measured[name];
    return typeof value === 'number' ? [[name, value] as const] : [];
  });
  return Object.fromEntries(known);
}

/** Rows of a table: what was measured, and how much it was. */
export function windowRows(figures: WindowFigures): string[][] {
  const labels: Readonly<Record<string, string>> = FIGURES;
  return Object.entries(figures).map(([name, value]) => [labels[name] ?? name, String(value)]);
}
