/** The components, whose typed files oxlint checks (.oxlintrc.json) and whose types svelte-check; and the arrows between folders. */
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';
import { arrows } from './arrows.config.mjs';
import reverie from './scripts/eslint-arrows.mjs';

export default defineConfig(
  globalIgnores([
    '**/*.{ts,js,cjs,mjs}',
    'dist/',
    'node_modules/',
    'test-results/',
    'playwright-report/',
    'models/',
  ]),
  {
    files: ['**/*.svelte'],
    // The parser of components comes last.
    extends: [js.configs.recommended, ts.configs.strict, svelte.configs.recommended],
    plugins: { reverie },
    // Known to the cache, which would otherwise keep what another table of arrows allowed.
    settings: { arrows },
    languageOptions: { parserOptions: { parser: ts.parser }, globals: globals.browser },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
      'reverie/arrows': 'error',
      // Collections are replaced, never changed in place.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
);
