/** The built page: a fixed list of files, read once, so that no address can name anything else. */
import { readdir } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { ReverieError } from '../../shared/errors.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

export interface PageFile {
  path: string;
  type: string;
  /** Whether its name changes with its contents. */
  fixed: boolean;
}

/** Files by address: `/`, `/assets/index-3fa1.js`. @throws ReverieError internal where the page has not been built */
export async function listPageFiles(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = new Map<string, PageFile>();
  for (const entry of entries) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const address = `/${relative(folder, path).split(sep).map(encodeURIComponent).join('/')}`;
    files.set(address, { path, type, fixed: address.startsWith('/assets/') });
  }
  const index = files.get('/index.html');
  if (index === undefined)
    throw new ReverieError('internal', `The window has not been built: "${folder}" has no index.html.`);
  return files.set('/', index);
}
