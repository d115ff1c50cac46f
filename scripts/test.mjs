/**
 * `npm test`: everything that can be checked; a failing step does not hide the next ones. Checks of the sources wait for nothing
 * but themselves and run beside each other; tests come one step after the other. The last line is the total.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

const UNIT_REPORT = join(root, 'test-results', 'unit.json');
/** Its name stands in playwright.config.ts. */
const E2E_REPORT = join(root, 'test-results', 'e2e.json');

/** Each step is a program of Node. The dearest comes first: it decides how long they take together. */
const checks = [
  { name: 'lint and arrows', program: 'node_modules/eslint/bin/eslint.js', words: ['.'] },
  { name: 'types', program: 'node_modules/typescript/bin/tsc', words: ['-p', 'tsconfig.json'] },
  { name: 'types of the specs', program: 'node_modules/typescript/bin/tsc', words: ['-p', 'e2e'] },
  {
    name: 'types of the window',
    program: 'node_modules/svelte-check/bin/svelte-check',
    words: ['--workspace', 'renderer', '--fail-on-warnings'],
  },
  {
    name: 'format',
    program: 'node_modules/prettier/bin/prettier.cjs',
    words: ['--check', '--log-level', 'warn', '.'],
  },
];

/** With a `count`, which reads how many tests passed and failed. */
const tests = [
  {
    name: 'unit tests',
    program: 'node_modules/vitest/vitest.mjs',
    words: ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${UNIT_REPORT}`],
    count: countUnitTests,
  },
  { name: 'end-to-end specs', program: 'scripts/e2e.mjs', words: [], count: countSpecs },
];

/** Checks at a time. */
const LANES = 2;

await setUp();
mkdirSync(join(root, 'test-results'), { recursive: true });
for (const report of [UNIT_REPORT, E2E_REPORT]) rmSync(report, { force: true });
const total = { passed: 0, failed: 0, skipped: 0 };
const results = [];
const waiting = checks.values();
await Promise.all(Array.from({ length: LANES }, checkInTurn));
for (const step of tests) {
  console.log(`\n— ${step.name}`);
  results.push(await runStep(step));
}
console.log(`\n${results.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** Takes one check after the other; what each printed comes at its end, so that two are not mixed up. */
async function checkInTurn() {
  for (const step of waiting) {
    let printed = '';
    const result = await runStep(step, (text) => (printed += text));
    console.log(`\n— ${step.name}\n${printed}`);
    results.push(result);
  }
}

/** Runs a step, adds to the total, and gives its line of the summary. Without `print` what it says is shown at once. */
async function runStep({ name, program, words, count }, print) {
  const begin = performance.now();
  const child = spawn(process.execPath, [join(root, program), ...words], {
    cwd: root,
    stdio: print === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', print);
  const [status] = await once(child, 'close');
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const counted = count?.() ?? { passed: 0, failed: 0, skipped: 0 };
  // A step that fails without a failed test (types, lint, a test file that cannot be loaded) is a failure of its own.
  if (status !== 0 && counted.failed === 0) counted.failed = 1;
  for (const key of Object.keys(total)) total[key] += counted[key];
  return `${counted.failed === 0 ? 'passed' : 'FAILED'}  ${name} (${seconds} s)`;
}

/** The numbers of vitest's own report. */
function countUnitTests() {
  const report = readReport(UNIT_REPORT);
  return (
    report && {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
    }
  );
}

/** The numbers of Playwright's own report. */
function countSpecs() {
  const stats = readReport(E2E_REPORT)?.stats;
  return stats && { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
}

/** `undefined` when the runner did not come to write one. */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
