/**
 * The licences of all that the program contains: what npm installs to run it, on whatever system, what is bundled into the
 * window, Electron, and what Reverie itself brings along.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const LICENCE_FILE = /^(licen[cs]e|copying|notice|third-?party)/i;
const LICENCE_HEADING = /^#*[^\n]*licen[cs]/i;

/** Whose work it is, where a package that brings no text of its licence names who publishes it. */
const HOLDERS = {
  'onnxruntime-common': 'Microsoft Corporation',
  'onnxruntime-node': 'Microsoft Corporation',
};

/**
 * Entries of packages that share a licence word by word are one.
 * @param root of the repository, with its dependencies installed
 * @param bundled folders of packages, relative to the root (`node_modules/svelte`), that the window's bundle contains
 * @returns {{ names: string[], licence: string, text: string }[]} Reverie's own first
 */
export function licencesOf(root, bundled = []) {
  const lock = json(join(root, 'package-lock.json')).packages;
  const folders = Object.keys(lock).filter(
    (folder) => folder !== '' && (lock[folder].dev !== true || bundled.includes(folder)),
  );
  const packages = folders.flatMap((folder) => entriesOf(root, folder, lock[folder]));
  const electron = entriesOf(root, 'node_modules/electron', lock['node_modules/electron']);
  return [...ownEntries(root), ...electron, ...joined(packages)];
}

/** As a text for people. */
export function licencesText(entries) {
  return entries
    .map(({ names, licence, text }) => [names.join('\n'), `Licence: ${licence}`, '', text].join('\n'))
    .join(`\n\n${'-'.repeat(80)}\n\n`);
}

/** One for each licence of a package that is there without their texts. */
function entriesOf(root, folder, { version, license: locked }) {
  const path = join(root, folder);
  const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const manifest = existsSync(join(path, 'package.json')) ? json(join(path, 'package.json')) : {};
  const licence = typeof manifest.license === 'string' ? manifest.license : (locked ?? 'unknown');
  const entry = (kind, text) => ({
    names: [`${name} ${version}`],
    licence: kind,
    text: text.replaceAll('\r\n', '\n').trim(),
  });
  const files = existsSync(path) ? textsIn(path) : [];
  if (files.length > 0) return [entry(licence, files.join('\n\n'))];
  const holder = HOLDERS[name] ?? manifest.author?.name ?? manifest.author ?? `the authors of ${name}`;
  const notices = existsSync(join(path, 'README.md')) ? noticesIn(join(path, 'README.md')) : [];
  return [
    ...idsIn(licence).map((id) => entry(id, standardText(id, holder))),
    ...notices.map((text) => entry(licence, text)),
  ];
}

/** What lies in the package: its licence, and the notices of what it contains. */
function textsIn(folder) {
  const files = readdirSync(folder, { withFileTypes: true }).filter((file) => file.isFile());
  const names = files.map(({ name }) => name).filter((name) => LICENCE_FILE.test(name));
  return names.sort().map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** The parts of a README that tell of licences. */
function noticesIn(path) {
  return readFileSync(path, 'utf8')
    .split(/^(?=#)/m)
    .filter((part) => LICENCE_HEADING.test(part));
}

/** The licences of an expression, each with those that it builds on. */
function idsIn(licence) {
  const ids = licence.split(/\s+(?:AND|OR|WITH)\s+|[()]/).filter((id) => id !== '');
  return [...new Set(ids.flatMap((id) => (id.startsWith('LGPL-3.0') ? [id, 'GPL-3.0-or-later'] : [id])))];
}

function standardText(id, holder) {
  const text = createRequire(import.meta.url)('spdx-license-list/full')[id]?.licenseText;
  if (text === undefined) throw new Error(`There is no text of the licence "${id}".`);
  return text.replace(/<year> <(copyright holders|owner)>/, holder);
}

/** Reverie itself, its network, and the names of what networks see. */
function ownEntries(root) {
  const { version, license } = json(join(root, 'package.json'));
  const text = readFileSync(join(root, 'LICENSE'), 'utf8').trim();
  const { licence, source } = json(join(root, 'models', 'dreamnet.json'));
  const origin = `Its teacher: ${source.teacher}.\nIts origin: ${source.origin}.`;
  return [
    { names: [`Reverie ${version}`], licence: license, text },
    { names: ['dreamnet, the network that comes along'], licence, text: `${origin}\n\n${text}` },
    {
      names: ['WordNet 3.0, whose words name the classes of ImageNet'],
      licence: 'WordNet',
      text: standardText('WordNet', '').trim(),
    },
  ];
}

function joined(entries) {
  const byText = new Map();
  for (const entry of entries.sort((a, b) => (a.names[0] < b.names[0] ? -1 : 1))) {
    const key = `${entry.licence}\n${entry.text}`;
    const same = byText.get(key);
    if (same === undefined) byText.set(key, entry);
    else if (!same.names.includes(entry.names[0])) same.names.push(entry.names[0]);
  }
  return [...byText.values()];
}

function json(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
