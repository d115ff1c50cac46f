import { Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import { arrows } from '../arrows.config.mjs';
import { arrowsRule, forbidden } from './eslint-arrows.mjs';

describe('forbidden', () => {
  it.each([
    ['shared/contract.ts', 'shared/jobs.ts'],
    ['main/cli.ts', 'shared/errors.ts'],
    ['main/cli/dream.ts', 'main/cli/help.ts'],
    ['main/cli.ts', 'main/studio/engine/host.ts'],
    ['main/engine/process.ts', 'main/engine/service.ts'],
    ['main/engine/methods/dream/dream.ts', 'main/engine/gradient/backward.ts'],
    ['main/engine/graph/graph.test.ts', 'main/engine/testing/shared-folder.ts'],
    ['elsewhere/free.ts', 'main/cli.ts'],
  ])('lets %s import %s', (from, to) => {
    expect(forbidden(from, to, arrows)).toBeUndefined();
  });

  it.each([
    ['shared/contract.ts', 'main/cli.ts', /^shared may not import main: .* nothing of the others/],
    ['renderer/main.ts', 'main/studio/studio.ts', /^renderer may not import main\/studio: .* only shared/],
    [
      'main/engine/graph/graph.ts',
      'main/engine/methods/dream/dream.ts',
      /^main\/engine\/graph may not import/,
    ],
    [
      'main/engine/graph/graph.ts',
      'main/engine/testing/shared-folder.ts',
      /may not import main\/engine\/testing/,
    ],
    ['main/studio/studio.ts', 'main/engine/service.ts', /^main\/studio may not import main\/engine\/service/],
    ['main/cli.ts', 'main/engine/service.ts', /^main may not import main\/engine\/service/],
    ['shared/contract.ts', 'elsewhere/free.ts', /no row of arrows\.config\.mjs covers it/],
  ])('does not let %s import %s', (from, to, sentence) => {
    expect(forbidden(from, to, arrows)).toMatch(sentence);
  });

  it('has rows only for folders that it knows', () => {
    for (const targets of Object.values(arrows))
      for (const target of targets) expect(arrows).toHaveProperty([target]);
  });
});

describe('the rule', () => {
  const rule = arrowsRule({ low: [], high: ['low'] }, '/root');
  const messagesOf = (code, filename) =>
    new Linter({ cwd: '/root' }).verify(
      code,
      { plugins: { own: { rules: { arrows: rule } } }, rules: { 'own/arrows': 'error' } },
      { filename },
    );

  it.each([
    `import { a } from '../high/a.js';`,
    `import '../high/a.js';`,
    `export { a } from '../high/a.js';`,
    `export * from '../high/a.js';`,
    `await import('../high/a.js');`,
  ])('sees %s', (code) => {
    expect(messagesOf(code, '/root/low/b.js').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^low may not import high/),
    ]);
  });

  it('leaves packages and allowed folders alone', () => {
    expect(
      messagesOf(
        `import 'sharp'; import '../low/b.js'; import './c.js'; export const a = 1;`,
        '/root/high/a.js',
      ),
    ).toEqual([]);
  });
});
