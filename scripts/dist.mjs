/**
 * `npm run dist`: the packages of this machine's own system and processor, into dist/packages. A package whose tool cannot be had is
 * left out with a sentence; everything else that fails is a failure.
 *
 * `--release` refuses to make a test build. `--dir` leaves it at the program's folder, with the Electron that is here, for tests.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { makeDeb, whyNoDeb } from './packing/deb.mjs';
import { choosePackaging, runElectronBuilder, unpackedFolder } from './packing/program.mjs';
import { build, install, root } from './setup.mjs';

const TEST_BUILD = `
  ********************************************************************************************
  THIS IS A TEST BUILD, NOT A RELEASE. Electron's own program cannot be fetched from here, so
  an old one stands in for it, with the faults that it had. Give these packages to nobody.
  ********************************************************************************************
`;

/** What an error says where a host cannot be reached. */
const UNREACHABLE = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ENETUNREACH', 'ETIMEDOUT'];

const words = process.argv.slice(2);
const folderOnly = words.includes('--dir');
const output = folderOnly ? 'dist/packed' : 'dist/packages';
// Whoever makes the packages, everybody may read what is in them.
process.umask(0o022);
try {
  install();
  await build({ always: !folderOnly });
  const packaging = await choosePackaging({ fetch: !folderOnly });
  if (packaging.isTest && words.includes('--release'))
    throw new Error("A release cannot be made without Electron's own program, which cannot be fetched.");
  if (packaging.isTest) console.error(TEST_BUILD);
  rmSync(join(root, output), { recursive: true, force: true });
  const made = folderOnly ? [await packFolder(packaging)] : await packEverything(packaging);
  console.log(`\n${made.map(line).join('\n')}`);
  if (packaging.isTest) console.error(TEST_BUILD);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}

async function packFolder(packaging) {
  await runElectronBuilder(packaging, { output, target: 'dir' });
  return unpackedFolder(output);
}

/** Linux has packages for every taste, made from one folder. */
async function packEverything(packaging) {
  if (process.platform !== 'linux') return runElectronBuilder(packaging, { output });
  const folder = await packFolder(packaging);
  const { extraMetadata } = packaging.electron;
  const card = { ...JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')), ...extraMetadata };
  const place = join(root, output, `reverie-${card.version}-linux-${process.arch}`);
  return [
    makeArchive({ folder, file: `${place}.tar.gz`, top: `reverie-${card.version}` }),
    ...debOf({ folder, card, file: `${place}.deb`, quick: packaging.isTest }),
    ...(await appImageOf(packaging, folder)),
  ];
}

/** For every Linux: the folder as it is. */
function makeArchive({ folder, file, top }) {
  const words = [
    '--create',
    '--gzip',
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--file',
    file,
  ];
  const place = [
    '--directory',
    dirname(folder),
    `--transform=s,^${basename(folder)},${top},`,
    basename(folder),
  ];
  const { status, error } = spawnSync('tar', [...words, ...place], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`tar failed: ${error?.message ?? `it ended with code ${status}`}`);
  return file;
}

function debOf({ folder, card, file, quick }) {
  const reason = whyNoDeb();
  if (reason !== null) {
    console.error(`${reason} The package for Debian and Ubuntu is left out.`);
    return [];
  }
  makeDeb({ folder, card, file, stage: mkdtempSync(join(root, output, 'deb-')), quick });
  return [file];
}

/** Its tool comes from a host of its own. */
async function appImageOf(packaging, folder) {
  try {
    return await runElectronBuilder(packaging, { output, prepackaged: folder });
  } catch (error) {
    if (!UNREACHABLE.includes(error?.code)) throw error;
    console.error(`The tool for AppImages cannot be fetched (${error.message}); the AppImage is left out.`);
    return [];
  }
}

function line(file) {
  const megabytes = folderOnly ? '' : `  ${(statSync(file).size / 1e6).toFixed(1)} MB`;
  return `${relative(root, file)}${megabytes}`;
}
