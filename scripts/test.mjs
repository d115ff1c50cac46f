/**
 * `npm test`: everything that can be checked, one step after the other; a failing step does not hide the next ones.
 * The last line is the total.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

const UNIT_REPORT = join(root, 'test-results', 'unit.json');

/** Each step is a program of node_modules; one with a `count` reports tests, any other is passed or failed as a whole. */
const steps = [
  { name: 'types', program: 'typescript/bin/tsc', words: ['-p', 'tsconfig.json'] },
  { name: 'lint and arrows', program: 'eslint/bin/eslint.js', words: ['.'] },
  { name: 'format', program: 'prettier/bin/prettier.cjs', words: ['--check', '--log-level', 'warn', '.'] },
  {
    name: 'unit tests',
    program: 'vitest/vitest.mjs',
    words: ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${UNIT_REPORT}`],
    count: countUnitTests,
  },
];

await setUp();
mkdirSync(join(root, 'test-results'), { recursive: true });
rmSync(UNIT_REPORT, { force: true });
const total = { passed: 0, failed: 0, skipped: 0 };
const results = steps.map(runStep);
console.log(`\n${results.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** Runs a step, adds to the total, and gives its line of the summary. */
function runStep({ name, program, words, count }) {
  console.log(`\n— ${name}`);
  const begin = performance.now();
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', program), ...words], {
    cwd: root,
    stdio: 'inherit',
  });
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const counted = count?.() ?? { passed: 0, failed: 0, skipped: 0 };
  // A step that fails without a failed test (types, lint, a test file that cannot be loaded) is a failure of its own.
  if (status !== 0 && counted.failed === 0) counted.failed = 1;
  for (const key of Object.keys(total)) total[key] += counted[key];
  return `${counted.failed === 0 ? 'passed' : 'FAILED'}  ${name} (${seconds} s)`;
}

/** The numbers of vitest's own report; nothing when it did not come to write one. */
function countUnitTests() {
  try {
    const report = JSON.parse(readFileSync(UNIT_REPORT, 'utf8'));
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    return undefined;
  }
}
