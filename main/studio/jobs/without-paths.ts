/** What the engine reports, as windows may see it. */
import { isRecord } from '../../../shared/schema.ts';

/** Paths are not for windows, wherever in a report they stand. */
export function withoutPaths(report: unknown): unknown {
  if (Array.isArray(report)) return report.map(withoutPaths);
  if (!isRecord(report)) return report;
  const kept = Object.entries(report).filter(([key]) => key !== 'output' && key !== 'folder');
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutPaths(value)]));
}
