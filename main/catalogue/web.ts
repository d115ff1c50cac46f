/**
 * Asking one address for a file, over https alone: redirects are followed by hand, so that none leads elsewhere, and a server
 * that says nothing for a while is left.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure.ts';

export interface Web {
  readonly fetch: typeof fetch;
  /** Whether an address may be contacted. */
  readonly allows: (address: URL) => boolean;
  /** How long a server may say nothing, in ms. */
  readonly stallMs: number;
  /** How often an address is asked again after nothing more has come from it. */
  readonly retries: number;
  /** How long to wait before it is asked again, in ms; twice as long each time. */
  readonly backoffMs: number;
  /** What to look at when nobody could be reached: a sentence with a space before it, or nothing. */
  readonly hint: () => string;
}

export const web: Web = {
  fetch: (...request) => fetch(...request),
  allows: ({ protocol }) => protocol === 'https:',
  stallMs: 30_000,
  retries: 3,
  backoffMs: 1000,
  hint: () => proxyHint(process.env),
};

const MOST_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * The answer of an address or of the one it redirects to; its body is still to be read.
 * @throws Failure for an address that leads nowhere, in a circle or elsewhere than https; whatever `fetch` throws
 */
export async function ask(
  { fetch: get, allows }: Web,
  start: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  const seen = new Set<string>();
  for (let address = new URL(start); ;) {
    if (!allows(address))
      throw new Failure('next', `leads to ${address.protocol}//${address.host}, which is not https`);
    if (seen.has(address.href)) throw new Failure('next', 'redirects in a circle');
    if (seen.size > MOST_REDIRECTS) throw new Failure('next', `redirects more than ${MOST_REDIRECTS} times`);
    seen.add(address.href);
    const response = await get(address.href, { headers, redirect: 'manual', signal });
    if (!REDIRECTS.has(response.status)) return response;
    await response.body?.cancel();
    const location = response.headers.get('location') ?? '';
    if (location === '' || !URL.canParse(location, address.href))
      throw new Failure('next', 'redirects to no address');
    address = new URL(location, address);
  }
}

/**
 * The value of some work with the network, unless it takes too long.
 * @param stop Ends the work.
 * @throws Failure when it does
 */
export async function unlessStalled<T>(work: Promise<T>, ms: number, stop: AbortController): Promise<T> {
  const timer = setTimeout(() => {
    stop.abort(new Failure('again', `said nothing for ${(ms / 1000).toPrecision(2)} seconds`));
  }, ms);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}

/** Waits before the nth time (from 1) of asking again. @throws AbortError */
export async function backOff({ backoffMs }: Web, n: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(backoffMs * 2 ** (n - 1), undefined, signal === undefined ? {} : { signal });
}

/** What to tell somebody whose proxy is not used: Node's `fetch` leaves it aside unless it is told to (from 22.21 on). */
export function proxyHint(environment: Readonly<Record<string, string | undefined>>): string {
  const proxy = environment['HTTPS_PROXY'] ?? environment['https_proxy'] ?? '';
  if (proxy === '' || environment['NODE_USE_ENV_PROXY'] === '1') return '';
  return ' HTTPS_PROXY is used only if NODE_USE_ENV_PROXY=1 is set, too.';
}
