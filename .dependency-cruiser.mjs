/** Which file may import which: see arrows.config.mjs. */
import { arrows } from './arrows.config.mjs';
import { importRules } from './scripts/import-rules.mjs';

export default {
  forbidden: importRules(arrows),
  options: {
    exclude: { path: '(^|/)(node_modules|dist|test-results|playwright-report)/' },
    // Imports of types are imports, too.
    tsPreCompilationDeps: true,
    cache: { folder: 'node_modules/.cache/dependency-cruiser', strategy: 'content' },
  },
};
