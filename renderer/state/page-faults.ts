/** Tells the log of what goes wrong in the page and nobody catches. */
import type { Studio } from '../../shared/studio/contract.ts';
import { LONGEST_FAULT } from '../../shared/studio/about.ts';

/** A page that fails again and again says the same. */
const MOST = 20;

/** @param page the window */
export function tellOfFaults(page: EventTarget, studio: Pick<Studio, 'noteFault'>): void {
  let told = 0;
  const tell = (error: unknown): void => {
    if (++told > MOST) return;
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const stack = error instanceof Error ? (error.stack ?? null) : null;
    // Without a connection there is nobody to tell.
    studio
      .noteFault({ message: cut(message), stack: stack === null ? null : cut(stack) })
      .catch(() => undefined);
  };
  page.addEventListener('error', (event) => {
    if (event instanceof ErrorEvent) tell(event.error ?? event.message);
  });
  page.addEventListener('unhandledrejection', (event) => {
    if ('reason' in event) tell(event.reason);
  });
}

const cut = (text: string): string => text.slice(0, LONGEST_FAULT);
