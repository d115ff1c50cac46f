/** Strict types for everything typed, and the arrows between folders. */
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';
import { arrows } from './arrows.config.mjs';
import { arrowsRule } from './scripts/eslint-arrows.mjs';

const typed = ['**/*.ts', '**/*.svelte'];

export default defineConfig(
  globalIgnores(['dist/', 'node_modules/', 'test-results/', 'playwright-report/', 'models/']),
  js.configs.recommended,
  {
    files: typed,
    extends: [ts.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] } },
    rules: {
      // Numbers and booleans in a sentence are what they look like.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Bracket access to an index signature is what tsc's strictness asks for.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // By code points is how we mean it: equations and names, not prose.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
    },
  },
  {
    // The matchers of vitest (`expect.any`, rows of `it.each`) are typed as any.
    files: ['**/*.test.ts'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off', '@typescript-eslint/no-unsafe-return': 'off' },
  },
  // After the types, whose parser would read components as scripts.
  svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    // Collections are replaced, never changed in place.
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
  {
    // What flows between components is known to svelte-check alone; here it is `any`.
    files: ['**/*.svelte'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    plugins: { reverie: { rules: { arrows: arrowsRule(arrows, import.meta.dirname) } } },
    rules: { 'reverie/arrows': 'error', 'no-console': 'error', eqeqeq: 'error' },
  },
  {
    files: ['scripts/**', '*.config.*', 'main/**', 'shared/**', 'e2e/**', 'preload/**'],
    languageOptions: { globals: globals.node },
  },
  { files: ['renderer/**'], languageOptions: { globals: globals.browser } },
  { files: ['scripts/**', 'main/cli.ts', 'main/cli/**', '**/testing/**'], rules: { 'no-console': 'off' } },
);
