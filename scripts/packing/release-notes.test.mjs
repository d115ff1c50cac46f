/** Notes of releases are found by their version, and wrong tags are refused. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../setup.mjs';
import { releaseNotes } from './release-notes.mjs';

const CHANGES = '# Changes\n\n## 1.10.0\n\n- Ten.\n\n## 1.1.0 (2026-01-02)\n\n- One.\n- Two.\n\n## 1.0.0\n';

it('takes the section of the version, whatever stands after its number', () => {
  expect(releaseNotes('v1.10.0', '1.10.0', CHANGES)).toBe('- Ten.\n');
  expect(releaseNotes('v1.1.0', '1.1.0', CHANGES)).toBe('- One.\n- Two.\n');
});

it('refuses a tag of another version, and a version without changes', () => {
  expect(() => releaseNotes('v1.1', '1.1.0', CHANGES)).toThrow('has to be v1.1.0');
  expect(() => releaseNotes('', '1.1.0', CHANGES)).toThrow('The tag is missing');
  expect(() => releaseNotes('v1.0.0', '1.0.0', CHANGES)).toThrow('says nothing under "## 1.0.0"');
  expect(() => releaseNotes('v2.0.0', '2.0.0', CHANGES)).toThrow('says nothing under "## 2.0.0"');
});

it('has something to say of the next release', () => {
  const read = (name) => readFileSync(join(root, name), 'utf8');
  const { version } = JSON.parse(read('package.json'));
  expect(releaseNotes(`v${version}`, version, read('CHANGELOG.md'))).toContain('- ');
});
