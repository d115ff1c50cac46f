/**
 * What a page served by the browser door does instead of calling a bridge. It is opened at `/#token=…`; it POSTs the token to
 * {@link SESSION_ADDRESS}, which sets a cookie that only the browser sees, and takes it out of the address. A page with neither
 * shows where to find the token. Everything but the page itself and the session answers 401 without the cookie.
 */

/** Of the fragment: `#token=…`. */
export const TOKEN_PARAMETER = 'token';

/** POST with the token as its text: 204 and the cookie, or 401. GET: 204 when there is a session already, or 401. */
export const SESSION_ADDRESS = '/session';

/** A WebSocket whose messages are those of binary-message.ts, for the studio's port. It closes with 4401 without a session. */
export const PORT_ADDRESS = '/port';

/**
 * POST of one file's bytes at `/upload?name=…` (its name, encoded): 200 and `{"offer": "…"}`, to be used in an import;
 * else a status of 4xx or 5xx and `{"code", "message"}`.
 */
export const UPLOAD_ADDRESS = '/upload';

/** The largest picture file, in bytes; networks may have {@link LARGEST_NETWORK}. */
export const LARGEST_UPLOAD = 512 * 2 ** 20;
export const LARGEST_NETWORK = 4 * 2 ** 30;

export function uploadAddress(name: string): string {
  return `${UPLOAD_ADDRESS}?name=${encodeURIComponent(name)}`;
}
