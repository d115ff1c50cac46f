/**
 * The ESLint rule that keeps the arrows between folders (arrows.config.mjs): a file may import its own folder and the
 * folders that its row names. Only relative imports are looked at; packages are free.
 */
import { dirname, relative, resolve, sep } from 'node:path';
import { arrows as table } from '../arrows.config.mjs';

/** The rows whose folder (or file) holds `path`, relative to the root; the longest name wins. */
function rowOf(path, arrows) {
  return Object.keys(arrows)
    .filter((folder) => path === folder || path.startsWith(`${folder}/`) || path.startsWith(`${folder}.`))
    .sort((a, b) => b.length - a.length)[0];
}

/** Where a test may reach in addition: the helpers for tests. */
const TESTING = 'main/engine/testing';

/** One sentence about a forbidden import, or `undefined` for an allowed one. Paths are relative to the root, with `/`. */
export function forbidden(from, to, arrows) {
  const source = rowOf(from, arrows);
  const target = rowOf(to, arrows);
  if (source === undefined || source === target) return undefined;
  const allowed = arrows[source];
  if (target === undefined) {
    return `${source} may not import ${to}: no row of arrows.config.mjs covers it.`;
  }
  if (allowed.includes(target) || (target === TESTING && /\.test\.[cm]?[jt]s$/.test(from))) return undefined;
  const list = allowed.length === 0 ? 'nothing of the others' : `only ${allowed.join(', ')}`;
  return `${source} may not import ${target}: arrows.config.mjs lets it import ${list}, so that each layer can be read and tested without the ones above it.`;
}

/** The rule, for the table of arrows and the root that its names are relative to. */
export function arrowsRule(arrows, root) {
  const inside = (path) => relative(root, path).split(sep).join('/');
  return {
    meta: { type: 'problem', schema: [], messages: { arrow: '{{sentence}}' } },
    create(context) {
      const check = (node) => {
        const source = node.source?.value;
        if (typeof source !== 'string' || !source.startsWith('.')) return;
        const target = resolve(dirname(context.filename), source);
        const sentence = forbidden(inside(context.filename), inside(target), arrows);
        if (sentence !== undefined)
          context.report({ node: node.source, messageId: 'arrow', data: { sentence } });
      };
      return {
        ImportDeclaration: check,
        ImportExpression: check,
        ExportNamedDeclaration: check,
        ExportAllDeclaration: check,
      };
    },
  };
}

/** The plugin, as linters load it. */
export default {
  meta: { name: 'reverie' },
  rules: { arrows: arrowsRule(table, dirname(import.meta.dirname)) },
};
