import { readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { packagesOf } from './plugin.mjs';
import { licencesOf, licencesText } from './licences.mjs';
import { newsIn } from './news.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;

describe('licences', () => {
  const licences = licencesOf(root, ['node_modules/svelte']);
  const named = licences.flatMap(({ names }) => names);

  it('are there of every package that is installed to run the program, on whatever system', () => {
    const needed = Object.entries(lock).filter(([folder, { dev }]) => folder !== '' && dev !== true);
    expect(needed.length).toBeGreaterThan(50);
    const missing = needed
      .map(([folder, { version }]) => `${folder.replace(/^.*node_modules\//, '')} ${version}`)
      .filter((name) => !named.includes(name));
    expect(missing).toEqual([]);
  });

  it('are there of what is bundled, of Electron and of what comes along, and of no tool', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const names = named.join('\n');
    expect(names).toContain(`Reverie ${version}\n`);
    for (const name of [/^dreamnet/m, /^WordNet/m, /^electron \d/m, /^svelte \d/m])
      expect(names).toMatch(name);
    expect(names).not.toMatch(/^(vitest|eslint|playwright|mediabunny) /m);
  });

  it('are texts, with the name of their holders', () => {
    for (const { names, licence, text } of licences) {
      expect(licence, names[0]).toMatch(/^[(\w]/);
      expect(licence, names[0]).not.toBe('unknown');
      expect(text.length, names[0]).toBeGreaterThan(names[0].startsWith('onnxruntime') ? 100 : 500);
      expect(text, names[0]).not.toMatch(/<year> <(copyright holders|owner)>/);
    }
    const onnxRuntime = licences.find(({ names }) =>
      names.some((name) => name.startsWith('onnxruntime-node ')),
    );
    expect(onnxRuntime.text).toContain('Copyright (c) Microsoft Corporation');
    const libvips = licences.filter(({ names }) => names.some((name) => name.includes('sharp-libvips-')));
    expect(libvips.map(({ licence }) => licence)).toEqual(
      expect.arrayContaining(['LGPL-3.0-or-later', 'GPL-3.0-or-later']),
    );
  });

  it('are one text for people as well', () => {
    const text = licencesText(licences);
    for (const name of named) expect(text).toContain(`${name}\n`);
  });
});

describe('the packages of modules', () => {
  it('are found in the paths of a bundle', () => {
    const inside = (...parts) => [root, 'node_modules', ...parts].join(sep);
    expect(
      packagesOf(
        [
          inside('svelte', 'src', 'index.js'),
          inside('svelte', 'src', 'other.js'),
          `\0${inside('@scope', 'name', 'a.js')}?commonjs`,
          inside('a', 'node_modules', '@b', 'c', 'd.js'),
          join(root, 'renderer', 'main.ts'),
          '\0vite/preload-helper.js',
        ],
        root,
      ),
    ).toEqual(['node_modules/svelte', 'node_modules/@scope/name', 'node_modules/a/node_modules/@b/c']);
  });
});

describe('what is new', () => {
  it('is read from the list of changes, with this version on top', () => {
    const news = newsIn(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(news.map((entry) => entry.version)).toContain(version);
    for (const { items } of news) expect(items.length).toBeGreaterThan(0);
  });

  it('joins the lines of an item', () => {
    expect(
      newsIn('# Changes\n\n## 0.2.0\n\n- One\n  and more.\n- `two`\n\n## [0.1.0] - 2026\n* Three.\n'),
    ).toEqual([
      { version: '0.2.0', items: ['One and more.', '`two`'] },
      { version: '0.1.0', items: ['Three.'] },
    ]);
  });

  it.each(['- early\n## 0.1.0', '## 0.1.0\n- item\nnot indented', '## 0.1.0\nfree text'])(
    'refuses what it would leave out: %j',
    (text) => expect(() => newsIn(text)).toThrow('CHANGELOG.md has'),
  );
});
