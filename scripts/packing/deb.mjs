/** The package for Debian and Ubuntu, made of the program's folder by `dpkg-deb`, which is there on every such system. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from '../setup.mjs';
import { networkFiles, pictureTypes } from './opens.mjs';

const PROGRAM_FOLDER = 'opt/Reverie';
/** What Debian calls the processors that there are packages for. */
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };

/** What Electron's program is linked with, under the names of Debian 12 and Ubuntu 22.04 and of those after them. */
const DEPENDS = [
  'libc6 (>= 2.28)',
  'libasound2 | libasound2t64',
  'libatk-bridge2.0-0 | libatk-bridge2.0-0t64',
  'libatspi2.0-0 | libatspi2.0-0t64',
  'libcups2 | libcups2t64',
  'libgbm1',
  'libglib2.0-0 | libglib2.0-0t64',
  'libgtk-3-0 | libgtk-3-0t64',
  'libnss3',
  'libx11-6',
  'libxcb1',
  'libxcomposite1',
  'libxdamage1',
  'libxext6',
  'libxfixes3',
  'libxkbcommon0',
  'libxrandr2',
  'xdg-utils',
];

/** Why no package can be made here, in a sentence; `null` where it can. */
export function whyNoDeb() {
  if (spawnSync('dpkg-deb', ['--version'], { stdio: 'ignore' }).error === undefined) return null;
  return 'There is no dpkg-deb on this machine.';
}

/**
 * @param folder of the program
 * @param card package.json's fields
 * @param file the package to write
 * @param stage an empty folder to lay out the package in, which is removed
 * @param quick whether it may be larger: for a package that is only tried
 * @throws Error when `dpkg-deb` fails
 */
export function makeDeb({ folder, card, file, stage, quick }) {
  try {
    // A folder of one user's own would be installed as one.
    chmodSync(stage, 0o755);
    cpSync(folder, join(stage, PROGRAM_FOLDER), { recursive: true, verbatimSymlinks: true });
    // Where users may make no namespaces, this one helper locks windows in; it has to belong to root, and to act as root.
    chmodSync(join(stage, PROGRAM_FOLDER, 'chrome-sandbox'), 0o4755);
    layOutTheRest(stage, card);
    const installed = filesUnder(stage);
    const bytes = installed.reduce((sum, path) => sum + statSync(path).size, 0);
    const sums = installed.map((path) => `${md5(path)}  ${relative(stage, path)}\n`);
    write(join(stage, 'DEBIAN', 'md5sums'), sums.join(''));
    write(join(stage, 'DEBIAN', 'control'), control(card, Math.ceil(bytes / 1024)));
    const compression = quick ? ['-Zgzip', '-z1'] : ['-Zxz'];
    const words = ['--root-owner-group', ...compression, '--build', stage, file];
    const { status, error } = spawnSync('dpkg-deb', words, { stdio: ['ignore', 2, 2] });
    if (status !== 0) throw new Error(`dpkg-deb failed: ${error?.message ?? `it ended with code ${status}`}`);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** The command, the menu entry with its icons, the kinds of files, the licence. The system's databases renew themselves. */
function layOutTheRest(stage, card) {
  const share = join(stage, 'usr', 'share');
  mkdirSync(join(stage, 'usr', 'bin'), { recursive: true });
  symlinkSync(`/${PROGRAM_FOLDER}/reverie`, join(stage, 'usr', 'bin', 'reverie'));
  write(join(share, 'applications', card.desktopName), desktopEntry(card));
  write(join(share, 'mime', 'packages', 'reverie.xml'), mediaTypes());
  write(join(share, 'doc', 'reverie', 'copyright'), readFileSync(join(root, 'LICENSE'), 'utf8'));
  const icons = join(root, 'build', 'icons');
  for (const name of readdirSync(icons)) {
    const target = join(share, 'icons', 'hicolor', name.replace('.png', ''), 'apps', 'reverie.png');
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(icons, name), target);
  }
}

function control({ version, description, author }, kibibytes) {
  return `Package: reverie
Version: ${version}
Architecture: ${ARCHITECTURES[process.arch]}
Maintainer: ${author.name} <${author.email}>
Installed-Size: ${kibibytes}
Depends: ${DEPENDS.join(', ')}
Section: graphics
Priority: optional
Description: ${description}
 Dreams, neurons made visible, explanations and attacks: on photos, with the
 network that comes along and with networks of one's own. It works offline.
`;
}

/** https://specifications.freedesktop.org/desktop-entry-spec */
function desktopEntry({ description }) {
  const types = [...networkFiles.map(({ type }) => type), ...pictureTypes];
  return `[Desktop Entry]
Type=Application
Name=Reverie
Comment=${description}
Exec=/${PROGRAM_FOLDER}/reverie %F
Icon=reverie
Terminal=false
Categories=Graphics;
Keywords=dream;neural;network;picture;
MimeType=${types.join(';')};
StartupNotify=true
StartupWMClass=reverie
`;
}

/** https://specifications.freedesktop.org/shared-mime-info-spec */
function mediaTypes() {
  const kinds = networkFiles.map(
    ({ extension, name, type }) => `  <mime-type type="${type}">
    <comment>${name}</comment>
    <glob pattern="*.${extension}"/>
  </mime-type>
`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
${kinds.join('')}</mime-info>
`;
}

function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function md5(path) {
  return createHash('md5').update(readFileSync(path)).digest('hex');
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
