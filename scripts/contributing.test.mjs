/** What CONTRIBUTING.md promises: the files that it names are there, and a method is named in few others. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './setup.mjs';

const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');

/** The files that a thing is to be named in, from its row. */
function filesFor(thing) {
  const row = text.split('\n').find((line) => line.startsWith(`| ${thing}`)) ?? '';
  return [...(row.split('|')[3] ?? '').matchAll(/`([^`]+)`/g)].map(([, path]) => path);
}

describe('CONTRIBUTING.md', () => {
  it('names files and folders that are there', () => {
    const paths = [...text.matchAll(/`((?:shared|main|renderer|docs)\/[^`]+)`/g)].map(([, path]) => path);
    expect(paths.length).toBeGreaterThan(15);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it.each([
    ['a method', 3],
    ['an attack', 2],
    ['an attribution', 2],
    ['an operator', 4],
    ['a network format', 3],
    ['a workspace', 2],
  ])('lists for %s at most %i files to touch', (thing, most) => {
    expect(filesFor(thing).length).toBeGreaterThan(0);
    expect(filesFor(thing).length).toBeLessThanOrEqual(most);
  });

  it('is true of methods: "visualize" is named in at most twelve files outside its own folders', () => {
    const own =
      /^(main\/engine\/methods\/visualize|renderer\/workspaces\/neurons|shared\/(methods|recipes)\/visualize)/;
    const words = ['ls-files', 'main', 'shared', 'renderer', 'preload'];
    const files = execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim().split('\n');
    const naming = files
      .filter(
        (path) => /\.(ts|svelte)$/.test(path) && !/\.test\.ts$|\/testing\//.test(path) && !own.test(path),
      )
      .filter(
        (path) => existsSync(join(root, path)) && /visualize/.test(readFileSync(join(root, path), 'utf8')),
      );
    expect(naming.length, naming.join('\n')).toBeLessThanOrEqual(12);
  });

  it('is true of workspaces: nothing outside their folders names one, but for their registry', () => {
    const files = execFileSync('git', ['ls-files', 'renderer'], { cwd: root, encoding: 'utf8' })
      .trim()
      .split('\n');
    const names = [
      ...new Set(files.flatMap((path) => /^renderer\/workspaces\/(\w+)\//.exec(path)?.[1] ?? [])),
    ];
    expect(names.length).toBeGreaterThan(5);
    const named = new RegExp(
      `(['"])(${names.join('|')})\\1|workspaces/(${names.join('|')})/(workspace|\\w+Workspace)`,
    );
    const naming = files.filter(
      (path) =>
        /^renderer\/(App|main|actions|form|host|state|view|workspaces\/[^/]+$)/.test(path) &&
        !/\.test\.ts$|registry\.ts$/.test(path) &&
        existsSync(join(root, path)) &&
        named.test(readFileSync(join(root, path), 'utf8')),
    );
    expect(naming).toEqual([]);
  });
});
