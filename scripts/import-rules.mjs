/**
 * The table of arrows (arrows.config.mjs) as rules of dependency-cruiser: a file may import its own folder
 * and the folders that its row names, and no file may be reached from itself. Only files of the project are
 * looked at; packages are free.
 */

/** Where a test, and what tests share in a folder `testing`, may reach in addition: the helpers for tests. */
const TESTING = 'main/engine/testing';
const TEST = '(?:\\.test\\.[cm]?[jt]s|\\btesting/[^/]+)$';

const escaped = (path) => path.replace(/[.]/g, '\\.');

/** What lies in a folder, or is the file of its name, but belongs to none of the rows within it. */
function within(folder, arrows) {
  const inner = Object.keys(arrows).filter((other) => other.startsWith(`${folder}/`));
  const others = inner.length === 0 ? '' : `(?!(?:${inner.map(escaped).join('|')})(?:/|\\.))`;
  return `^${others}${escaped(folder)}(?:/|\\.)`;
}

/** @param {Readonly<Record<string, readonly string[]>>} arrows */
export function importRules(arrows) {
  const rows = Object.entries(arrows).flatMap(([folder, targets]) => {
    const list = targets.length === 0 ? 'nothing of the others' : `only ${targets.join(', ')}`;
    const comment =
      `arrows.config.mjs lets ${folder} import ${list}, ` +
      'so that each layer can be read and tested without the ones above it.';
    const rule = (suffix, from, allowed) => ({
      name: `${folder}${suffix}`,
      comment,
      severity: 'error',
      from,
      to: { dependencyTypes: ['local'], pathNot: allowed.map((target) => within(target, arrows)) },
    });
    const path = within(folder, arrows);
    const own = [folder, ...targets];
    return [
      rule('', { path, pathNot: TEST }, own),
      rule(' (tests)', { path: `${path}.*${TEST}` }, [...own, TESTING]),
    ];
  });
  return [
    ...rows,
    {
      name: 'no circles',
      comment:
        'Files that import each other can only be read together: ' +
        'what both need goes into one of them, or into a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ];
}
