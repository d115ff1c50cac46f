/** The installed program as a folder and as packages, by electron-builder, with the Electron that can be had here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { oldBundles } from '../../e2e/old-electron/bundles.mjs';
import { oldPackaging } from '../../e2e/old-electron/packaging.mjs';
import { bringOldElectron, fitsHere } from '../../e2e/old-electron/program.mjs';
import { ownElectron, provideOwnElectron } from '../electron.mjs';
import { build, root } from '../setup.mjs';
import { configuration, ownFiles } from './configuration.mjs';

/** What an installed program has of the Node side. The rest of it is built for every start. */
const DESKTOP = {
  config: 'vite.main.config.ts',
  built: 'dist/desktop/app.js',
  sources: ['shared', 'main', 'package.json'],
  changes: { mode: 'desktop' },
};

/** Certificates; a workflow without such a secret hands over an empty text, which is not the same as none to the tools. */
const SIGNING = [
  'CSC_LINK',
  'CSC_KEY_PASSWORD',
  'WIN_CSC_LINK',
  'WIN_CSC_KEY_PASSWORD',
  'APPLE_ID',
  'APPLE_APP_SPECIFIC_PASSWORD',
  'APPLE_TEAM_ID',
];

/**
 * Chooses the Electron to pack, and builds the product for it.
 * @param fetch whether Electron's own program may be fetched; otherwise it is used if it is there
 * @returns what {@link runElectronBuilder} takes; `isTest` where an old Electron stands in
 * @throws Error where there is no Electron
 */
export async function choosePackaging({ fetch }) {
  if ((fetch ? provideOwnElectron() : ownElectron()) !== null) {
    await build({ bundles: [DESKTOP] });
    return { isTest: false, files: ownFiles, electron: {} };
  }
  if (!fitsHere) throw new Error("Electron's program cannot be fetched (npx install-electron).");
  bringOldElectron();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await build({ bundles: oldBundles(root, { version }) });
  return { isTest: true, ...oldPackaging(version) };
}

/**
 * @param output folder, relative to the root
 * @param target what is made, in place of the packages of this system
 * @param prepackaged folder of a program that is packed already
 * @returns paths of the packages
 */
export async function runElectronBuilder(packaging, { output, target = null, prepackaged = null }) {
  SIGNING.filter((name) => process.env[name] === '').forEach((name) => delete process.env[name]);
  const { Platform, archFromString, build: pack } = await import('electron-builder');
  return pack({
    projectDir: root,
    publish: 'never',
    targets: Platform.current().createTarget(target, archFromString(process.arch)),
    config: configuration({ ...packaging, output, environment: process.env }),
    ...(prepackaged === null ? {} : { prepackaged }),
  });
}

/** Where electron-builder leaves the folder of the program. */
export function unpackedFolder(output) {
  const arch = process.arch === 'x64' ? '' : `-${process.arch}`;
  const name = { darwin: `mac${arch}`, win32: `win${arch}-unpacked`, linux: `linux${arch}-unpacked` };
  return join(root, output, name[process.platform]);
}
