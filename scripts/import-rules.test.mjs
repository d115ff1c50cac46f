import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { afterEach, describe, expect, it } from 'vitest';
import { arrows } from '../arrows.config.mjs';
import { importRules } from './import-rules.mjs';

let folder = '';
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What is found in a project of such files: each breach as `file → file: rule`. */
async function breaches(files, rules) {
  folder = mkdtempSync(join(tmpdir(), 'reverie-imports-'));
  for (const [path, source] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), source);
  }
  const { output } = await cruise([...new Set(Object.keys(files).map((path) => path.split('/')[0]))], {
    baseDir: folder,
    validate: true,
    ruleSet: { forbidden: rules },
    tsPreCompilationDeps: true,
  });
  return output.summary.violations.map(({ from, to, rule }) => `${from} → ${to}: ${rule.name}`).sort();
}

/** A project in which one file imports another. */
const pairs = (list) => {
  const files = {};
  for (const [from, to] of list) {
    files[to] ??= 'export const a = 1;\n';
    const path = posix.relative(posix.dirname(from), to);
    files[from] = `${files[from] ?? ''}export * from '${path.startsWith('.') ? path : `./${path}`}';\n`;
  }
  return files;
};

describe('the table of arrows', () => {
  it('lets files import what their row names, and their own folder', async () => {
    const allowed = [
      ['shared/contract.ts', 'shared/jobs.ts'],
      ['main/cli.ts', 'shared/errors.ts'],
      ['main/cli/dream.ts', 'main/cli/help.ts'],
      ['main/cli.ts', 'main/studio/engine/host.ts'],
      ['main/engine/process.ts', 'main/engine/service.ts'],
      ['main/engine/methods/dream/dream.ts', 'main/engine/gradient/backward.ts'],
      ['main/engine/graph/graph.test.ts', 'main/engine/testing/shared-folder.ts'],
      ['main/engine/methods/explain/testing/tiny.ts', 'main/engine/testing/tiny-model.ts'],
      ['elsewhere/free.ts', 'main/cli.ts'],
    ];
    expect(await breaches(pairs(allowed), importRules(arrows))).toEqual([]);
  });

  it('does not let them import anything else', async () => {
    const forbidden = [
      ['shared/contract.ts', 'main/cli.ts', 'shared'],
      ['shared/free.ts', 'elsewhere/free.ts', 'shared'],
      ['renderer/main.ts', 'main/studio/studio.ts', 'renderer'],
      ['main/engine/graph/graph.ts', 'main/engine/methods/dream/dream.ts', 'main/engine/graph'],
      ['main/engine/graph/peak.ts', 'main/engine/testing/shared-folder.ts', 'main/engine/graph'],
      ['main/studio/studio.ts', 'main/engine/service.ts', 'main/studio'],
      ['main/studio/studio.test.ts', 'main/engine/service.ts', 'main/studio (tests)'],
      ['main/cli.ts', 'main/engine/service.ts', 'main'],
    ];
    expect(await breaches(pairs(forbidden), importRules(arrows))).toEqual(
      forbidden.map(([from, to, rule]) => `${from} → ${to}: ${rule}`).sort(),
    );
  });

  it('has rows only for folders that it knows', () => {
    for (const targets of Object.values(arrows))
      for (const target of targets) expect(arrows).toHaveProperty([target]);
  });

  it.each([
    `import { a } from '../high/a.ts'; console.log(a);`,
    `import '../high/a.ts';`,
    `import type { A } from '../high/a.ts'; export const b: A = 1;`,
    `export { a } from '../high/a.ts';`,
    `export * from '../high/a.ts';`,
    `export const later = () => import('../high/a.ts');`,
  ])('sees %s', async (source) => {
    const files = { 'high/a.ts': 'export const a = 1; export type A = number;\n', 'low/b.ts': source };
    expect(await breaches(files, importRules({ low: [], high: ['low'] }))).toEqual([
      'low/b.ts → high/a.ts: low',
    ]);
  });

  it('sees components', async () => {
    const files = {
      'high/A.svelte': '<p>high</p>\n',
      'low/B.svelte': `<script lang="ts">import A from '../high/A.svelte';</script>\n<A />\n`,
    };
    expect(await breaches(files, importRules({ low: [], high: ['low'] }))).toEqual([
      'low/B.svelte → high/A.svelte: low',
    ]);
  });
});

describe('circles', () => {
  const circle = {
    'one/a.ts': `import type { B } from './b.ts';\nexport type A = B;\n`,
    'one/b.ts': `import { c } from './c.ts';\nexport type B = typeof c;\n`,
    'one/c.ts': `import type { A } from './a.ts';\nexport const c = (a: A): void => undefined;\n`,
  };

  it('are seen within a folder, of types and values', async () => {
    // Each is told once.
    expect(await breaches(circle, importRules({ one: [] }))).toEqual(['one/a.ts → one/b.ts: no circles']);
  });

  it('are seen through components', async () => {
    const files = {
      'one/A.svelte': `<script lang="ts">import { b } from './b.ts';</script>\n<p>{b}</p>\n`,
      'one/b.ts': `import A from './A.svelte';\nexport const b = A.name;\n`,
    };
    expect(await breaches(files, importRules({ one: [] }))).toEqual(['one/A.svelte → one/b.ts: no circles']);
  });
});
