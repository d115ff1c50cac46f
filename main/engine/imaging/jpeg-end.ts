/** The end of a JPEG file, which cameras that lose power and careless tools leave out: two bytes, and nothing of the picture. */

const EOI = 0xd9;
const SOS = 0xda;

/**
 * Whether a JPEG file stops before its end marker (ITU-T T.81, B.1.1.3). Markers are followed one by one, because the preview
 * within a photo has an end of its own.
 */
export function lacksEnd(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return false;
  let at = 2;
  while (at < bytes.length) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) return true;
    const marker = bytes[at + 1];
    if (marker === undefined) return true;
    if (marker === EOI) return false;
    const hasLength = marker > 0x01 && marker < 0xff && !(marker >= 0xd0 && marker <= 0xd8);
    // What follows a scan's header is its data, in which 0xff stands before 0 or a restart marker alone.
    if (!hasLength) at += marker === 0xff ? 1 : 2;
    else at += 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
    if (hasLength && marker !== SOS && at > bytes.length) return true;
  }
  return true;
}

/** The same file with its end. */
export function withEnd(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(bytes.length + 2);
  whole.set(bytes);
  whole.set([0xff, EOI], bytes.length);
  return whole;
}
