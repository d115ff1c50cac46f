/** The components, whose typed files oxlint checks (.oxlintrc.json) and whose types svelte-check. */
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';
import { arrows } from './arrows.config.mjs';

/**
 * Folders that the window may import nothing of; that of the networks holds no types, and one of the window
 * has its name.
 */
const beyond = new Set(Object.keys(arrows).map((folder) => folder.split('/')[0]));
for (const folder of ['renderer', 'models', ...arrows.renderer]) beyond.delete(folder);

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
    languageOptions: { parserOptions: { parser: ts.parser }, globals: globals.browser },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
      // In components, the check of imports sees those of values alone.
      'no-restricted-imports': [
        'error',
        {
          patterns: Array.from(beyond, (folder) => ({
            group: [`**/${folder}/**`],
            message: 'See arrows.config.mjs.',
          })),
        },
      ],
      // Collections are replaced, never changed in place.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
);
