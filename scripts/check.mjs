/**
 * `npm run check`: lint, types and format of the sources, at the lowest priority, so that it may run beside tests. Words choose
 * the checks whose names begin with them. What each printed comes at its end; the exit code is the number of those that failed.
 */
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { install, root } from './setup.mjs';
import { resultLine, run } from './steps.mjs';

/** With the `/` of a folder. */
const ESLINT_CACHE = join(root, 'node_modules', '.cache', 'eslint', '/');

/** At most so many at a time. */
const LANES = 2;

/**
 * The dearest comes first: it decides how long they take together. Findings are kept by file only where they depend on nothing
 * else; tsc knows by itself what they depend on.
 */
const CHECKS = [
  {
    name: 'format',
    program: 'node_modules/prettier/bin/prettier.cjs',
    words: ['--check', '--log-level', 'warn', '--cache', '--cache-strategy', 'content', '.'],
  },
  { name: 'types', program: 'node_modules/typescript/bin/tsc', words: ['-p', 'tsconfig.json'] },
  {
    name: 'lint',
    program: 'node_modules/oxlint/bin/oxlint',
    words: ['--format', 'unix', '--report-unused-disable-directives-severity', 'error'],
  },
  {
    name: 'types of the window',
    program: 'node_modules/svelte-check/bin/svelte-check',
    words: ['--workspace', 'renderer', '--fail-on-warnings'],
  },
  {
    name: 'lint of the components',
    program: 'node_modules/eslint/bin/eslint.js',
    words: [
      ...['--max-warnings', '0', '.'],
      ...['--cache', '--cache-strategy', 'content', '--cache-location', ESLINT_CACHE],
    ],
  },
  {
    name: 'imports',
    program: 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    words: ['--config', '.dependency-cruiser.mjs', '--output-type', 'err-long', '.'],
  },
  { name: 'types of the specs', program: 'node_modules/typescript/bin/tsc', words: ['-p', 'e2e'] },
];

try {
  setPriority(constants.priority.PRIORITY_LOW);
} catch {
  // Some systems forbid it; then the checks take their share like everything else.
}
install();
const chosen = process.argv.slice(2);
const waiting = CHECKS.filter(
  ({ name }) => chosen.length === 0 || chosen.some((word) => name.startsWith(word)),
).values();
const results = [];
let failed = 0;
await Promise.all(Array.from({ length: LANES }, checkInTurn));
console.log(`\n${results.join('\n')}`);
process.exitCode = failed;

/** Takes one check after the other; what each printed comes at its end, so that two are not mixed up. */
async function checkInTurn() {
  for (const check of waiting) {
    let printed = '';
    const { status, seconds } = await run(check, (text) => (printed += text));
    if (status !== 0) failed++;
    console.log(`\n— ${check.name}\n${printed}`);
    results.push(resultLine(status === 0, check.name, seconds));
  }
}
