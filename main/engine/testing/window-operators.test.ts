/**
 * The window knows layers by their roles: it lists and compares no operators, which only the engine's table
 * of traits tells apart.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { traits } from '../graph/traits.ts';

const window = join(import.meta.dirname, '../../../renderer');

/** Labels of the window that are also names of operators. */
const LABELS = ['Log', 'Mean', 'Size'];

it('the window names no operator', () => {
  const names = Object.keys(traits).filter((name) => !LABELS.includes(name));
  const quoted = new RegExp(`['"\`](${names.join('|')})['"\`]`, 'g');
  const files = readdirSync(window, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.(ts|svelte)$/.test(file) && !/\.test\.ts$|^testing/.test(file),
  );
  expect(files.length).toBeGreaterThan(50);
  const found = files.flatMap((file) =>
    Array.from(readFileSync(join(window, file), 'utf8').matchAll(quoted), ([name]) => `${file}: ${name}`),
  );
  expect(found).toEqual([]);
});
