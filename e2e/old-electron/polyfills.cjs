/** What the product uses of the Node that it asks for, and an old Electron's Node 18 has not. */
const fs = require('node:fs/promises');
const { join, relative } = require('node:path');
const zlib = require('node:zlib');

const readdir = fs.readdir;
if (Number(process.versions.node.split('.')[0]) < 20) {
  /** With `recursive` and `parentPath`. */
  fs.readdir = async (folder, options) => {
    const { recursive = false, withFileTypes = false } = Object(options);
    if (!recursive && !withFileTypes) return readdir(folder, options);
    const entries = await entriesIn(String(folder), recursive);
    return withFileTypes
      ? entries
      : entries.map(({ parentPath, name }) => relative(String(folder), join(parentPath, name)));
  };
}

async function entriesIn(folder, recursive) {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) entry.parentPath = folder;
  if (!recursive) return entries;
  const inner = entries.filter((entry) => entry.isDirectory());
  const nested = await Promise.all(inner.map(({ name }) => entriesIn(join(folder, name), true)));
  return [...entries, ...nested.flat()];
}

AbortSignal.any ??= (signals) => {
  const controller = new AbortController();
  for (const signal of signals) {
    const abort = () => controller.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  }
  return controller.signal;
};

URL.canParse ??= (address, base) => {
  try {
    return new URL(address, base) instanceof URL;
  } catch {
    return false;
  }
};

zlib.crc32 ??= (data, value = 0) => {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sum = ~value;
  for (const byte of view) sum = CRC_TABLE[(sum ^ byte) & 255] ^ (sum >>> 8);
  return ~sum >>> 0;
};
/** The remainders of all bytes for the reversed polynomial of CRC-32. */
const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum;
});
