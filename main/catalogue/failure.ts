/** Why an address did not give the file, and what to do about it. */

/** `again`: the same address, from where the file is; `anew`: the same address, from the first byte; `next`: another address. */
type Remedy = 'again' | 'anew' | 'next';

interface Circumstances {
  /** Whether what came was not the file. */
  readonly corrupt?: boolean;
  /** Whether nobody was there. */
  readonly unreachable?: boolean;
  readonly cause?: unknown;
}

export class Failure extends Error {
  readonly remedy: Remedy;
  readonly corrupt: boolean;
  readonly unreachable: boolean;

  /** @param reason Continues a sentence that begins with the address. */
  constructor(
    remedy: Remedy,
    reason: string,
    { corrupt = false, unreachable = false, cause }: Circumstances = {},
  ) {
    super(reason, { cause });
    this.remedy = remedy;
    this.corrupt = corrupt;
    this.unreachable = unreachable;
  }
}

/** Codes of errors that say that nobody is there, rather than that somebody left. */
const ABSENT: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  // The same in Chromium's words.
  'ERR_NAME_NOT_RESOLVED',
  'ERR_CONNECTION_REFUSED',
  'ERR_ADDRESS_UNREACHABLE',
  'ERR_INTERNET_DISCONNECTED',
  'ERR_PROXY_CONNECTION_FAILED',
  'ERR_TUNNEL_CONNECTION_FAILED',
]);

/** `ERR_CERT_AUTHORITY_INVALID` of Chromium, `SELF_SIGNED_CERT_IN_CHAIN` and others of Node. */
const CERTIFICATE = /CERT|UNABLE_TO_VERIFY/;

/** What `fetch`, or the reading of its body, threw. @param begun Whether anything has come before it. */
export function connectionFailure(error: unknown, begun: boolean): Failure {
  // `fetch` wraps what happened; a body that breaks off does so twice.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const message = cause instanceof Error ? cause.message : String(cause);
  if (!begun && ABSENT.has(code))
    return new Failure('next', `cannot be reached (${code})`, { unreachable: true, cause: error });
  if (!begun && CERTIFICATE.test(code))
    return new Failure('next', `shows a certificate that is not trusted here (${code})`, { cause: error });
  return new Failure('again', `lost the connection (${code === '' ? message : code})`, { cause: error });
}
