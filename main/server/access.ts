/**
 * Who may talk to the server. It listens on this machine, where any web page can try to reach it: a name that leads here
 * (DNS rebinding), a page of another origin and a guess without the token are refused, each by a check of its own.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';

export interface Access {
  /** Whether the `Host` header names this machine. */
  knowsHost(headers: IncomingHttpHeaders): boolean;
  /** Whether a request that changes something, or opens a socket, comes from our own page. */
  isOwnOrigin(headers: IncomingHttpHeaders): boolean;
  /** Whether a page of another origin asks, as far as the browser tells. */
  isForeign(headers: IncomingHttpHeaders): boolean;
  isToken(given: string): boolean;
  hasSession(headers: IncomingHttpHeaders): boolean;
  /** The `Set-Cookie` of a session. */
  cookie(): string;
}

/** @param host What the server was told to listen on. @param port Cookies are shared by all ports of a host, so it is in the name. */
export function createAccess(token: string, host: string, port: number): Access {
  const name = `reverie-${port}`;
  // Derived from the token: a server that is started again with the same token knows its pages.
  const session = createHmac('sha256', token).update('session').digest('base64url');
  return {
    knowsHost: (headers) => isOurName(hostOf(headers), host),
    isOwnOrigin: (headers) => headers.origin === `http://${headers.host ?? ''}`,
    isForeign: (headers) => {
      const site = headers['sec-fetch-site'];
      return site !== undefined && site !== 'same-origin' && site !== 'none';
    },
    isToken: (given) => isSame(given, token),
    hasSession: (headers) => isSame(readCookie(headers.cookie ?? '', name), session),
    cookie: () => `${name}=${session}; HttpOnly; SameSite=Strict; Path=/`,
  };
}

/** The name without its port, which differs behind a tunnel. */
function hostOf({ host = '' }: IncomingHttpHeaders): string {
  return host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
}

/** An address in figures cannot be redirected by somebody's name server; a name must be one of ours. */
function isOurName(name: string, listening: string): boolean {
  if (isIP(name) !== 0) return true;
  const own = hostname().toLowerCase();
  return ['localhost', listening.toLowerCase(), own, `${own}.local`].includes(name) && name !== '';
}

function readCookie(cookies: string, name: string): string {
  const pair = cookies.split(';').find((cookie) => cookie.trim().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1) ?? '';
}

/** In a time that tells nothing. */
function isSame(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
