/**
 * For the workflow that drafts a release. `node scripts/release.mjs notes v1.2.3` prints what the release says of itself, `bill` what
 * an installed program is made of, as CycloneDX: the packages that it runs on, and Electron.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { releaseNotes } from './packing/release-notes.mjs';
import { root } from './setup.mjs';

const [what, tag = ''] = process.argv.slice(2);
const print = { notes, bill }[what];
if (print === undefined) throw new Error('What is wanted: notes <tag>, or bill.');
process.stdout.write(print());

function notes() {
  const read = (name) => readFileSync(join(root, name), 'utf8');
  return releaseNotes(tag, JSON.parse(read('package.json')).version, read('CHANGELOG.md'));
}

function bill() {
  const bill = listOf('--omit=dev');
  const electron = listOf().components.find(({ name }) => name === 'electron');
  return `${JSON.stringify({ ...bill, components: [...bill.components, { ...electron, scope: 'required' }] }, null, 2)}\n`;
}

/** npm's own list. */
function listOf(...words) {
  const { status, stdout } = spawnSync(
    'npm',
    ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', ...words],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 2], maxBuffer: 2 ** 26 },
  );
  if (status !== 0) throw new Error(`npm sbom ended with code ${status}.`);
  return JSON.parse(stdout);
}
