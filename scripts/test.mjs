/**
 * `npm test`: everything that can be checked; a failing step does not hide the next ones. Tests come one step after the other, for
 * each takes all processors that it can; checks of the sources take what those leave. The last line is the total.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';
import { resultLine, run } from './steps.mjs';

const UNIT_REPORT = join(root, 'test-results', 'unit.json');
/** Its name stands in playwright.config.ts. */
const E2E_REPORT = join(root, 'test-results', 'e2e.json');

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

await setUp();
mkdirSync(join(root, 'test-results'), { recursive: true });
for (const report of [UNIT_REPORT, E2E_REPORT]) rmSync(report, { force: true });
const total = { passed: 0, failed: 0, skipped: 0 };
const results = [];
const checks = check();
for (const step of tests) {
  console.log(`\n— ${step.name}`);
  await test(step);
}
await checks;
console.log(`\n${results.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** What the checks print comes at their end. Each that fails counts as a test that failed. */
async function check() {
  let printed = '';
  const words = [];
  const { status, seconds } = await run({ program: 'scripts/check.mjs', words }, (text) => (printed += text));
  console.log(printed);
  total.failed += status;
  results.push(resultLine(status === 0, 'checks', seconds));
}

/** Runs a step of tests, and adds to the total. */
async function test({ name, program, words, count }) {
  const { status, seconds } = await run({ program, words });
  const counted = count() ?? { passed: 0, failed: 0, skipped: 0 };
  // A step that fails without a failed test (a test file that cannot be loaded) is a failure of its own.
  if (status !== 0 && counted.failed === 0) counted.failed = 1;
  for (const key of Object.keys(total)) total[key] += counted[key];
  const flaky = counted.flaky > 0 ? `, ${counted.flaky} of them at the second try only` : '';
  results.push(resultLine(counted.failed === 0, name, seconds) + flaky);
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
  if (stats === undefined) return undefined;
  const { expected, unexpected, skipped, flaky } = stats;
  return { passed: expected + flaky, failed: unexpected, skipped, flaky };
}

/** `undefined` when the runner did not come to write one. */
function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
