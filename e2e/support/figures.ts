/** Figures of what a person feels: measured on the page, and kept for the benchmark. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type Page } from '@playwright/test';

const REPORT = join(import.meta.dirname, '..', '..', 'dist', 'window.json');

/** Counts the tasks that block the window's thread for more than 50 ms, from now on; `sinceOpened`: and those since it was opened. */
export async function watchLongTasks(page: Page, sinceOpened = false): Promise<void> {
  await page.evaluate((buffered) => {
    performance.clearMeasures('long task');
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries())
        performance.measure('long task', { start: startTime, duration });
    }).observe({ type: 'longtask', buffered });
  }, sinceOpened);
}

/** Their lengths, in ms. */
export async function longTasks(page: Page): Promise<number[]> {
  return page.evaluate(() => performance.getEntriesByName('long task').map(({ duration }) => duration));
}

/** Adds figures to those of this run; they are kept for the benchmark where no other spec took part of the machine. */
export async function report(figures: Readonly<Record<string, number>>): Promise<void> {
  const { config, project } = test.info();
  for (const [name, value] of Object.entries(figures))
    test.info().annotations.push({ type: name, description: String(value) });
  if (config.workers > 1) return;
  const before: unknown = JSON.parse(await readFile(REPORT, 'utf8').catch(() => '{}'));
  await mkdir(join(REPORT, '..'), { recursive: true });
  await writeFile(REPORT, JSON.stringify({ ...Object(before), door: project.name, ...figures }, null, 2));
}
