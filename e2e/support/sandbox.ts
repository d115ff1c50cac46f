/** Whether Chromium can lock its windows in on this machine: not for root, nor where the system lets no user make namespaces. */
import { readFileSync } from 'node:fs';

export function canSandbox(): boolean {
  if (process.platform !== 'linux') return true;
  return (
    process.getuid?.() !== 0 &&
    setting('kernel/apparmor_restrict_unprivileged_userns') !== '1' &&
    setting('kernel/unprivileged_userns_clone') !== '0'
  );
}

/** What a program of Electron needs to be told. */
export function sandboxWords(): string[] {
  return canSandbox() ? [] : ['--no-sandbox'];
}

/** Of Linux; `undefined` where the kernel has no such setting. */
function setting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
