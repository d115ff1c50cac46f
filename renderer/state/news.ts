/** What is new: told once after an update, and whenever somebody asks. */
import type { StudioSettings } from '../../shared/studio/settings.ts';

/** The changes of a version, as in CHANGELOG.md, a sentence each; `code` stands in backticks. */
export interface VersionNews {
  readonly version: string;
  readonly items: readonly string[];
}

interface GreetingOptions {
  readonly version: string;
  readonly settings: Pick<StudioSettings, 'seenVersion'>;
  readonly show: () => void;
  readonly change: (change: Pick<StudioSettings, 'seenVersion'>) => Promise<unknown>;
}

/** At a start of the window: shows what is new where an earlier version was seen last, and remembers this one. */
export async function greet({ version, settings, show, change }: GreetingOptions): Promise<void> {
  const { seenVersion: seen } = settings;
  if (seen === version) return;
  if (isNewer(version, seen)) show();
  // Where it cannot be remembered, it is shown again: worse things follow from such a disk, and are told where they do.
  await change({ seenVersion: version }).catch(() => undefined);
}

/** By their numbers; a text that is no version is never older. */
export function isNewer(version: string, than: string): boolean {
  const [a, b] = [numbers(version), numbers(than)];
  if (a === undefined || b === undefined) return false;
  const at = a.findIndex((part, i) => part !== b[i]);
  return at >= 0 && (a[at] ?? 0) > (b[at] ?? 0);
}

function numbers(version: string): number[] | undefined {
  const found = /^(\d+)\.(\d+)\.(\d+)/.exec(version);
  return found?.slice(1).map(Number);
}
