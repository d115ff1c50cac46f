/** The program as it is installed: packed with the Electron at hand, looked into, and used from another folder. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { listPackage } from '@electron/asar';
import { FuseV1Options, FuseVersion, flipFuses, getCurrentFuseWire } from '@electron/fuses';
import { _electron, expect, test } from '@playwright/test';
import { writePhoto } from '../support/photos.ts';
import { sandboxWords } from '../support/sandbox.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PACK_MS = 5 * 60_000;
/** Nothing is packed by mistake that would double it. */
const MOST_FILES = 600;

/** Where the parts of a program lie in its folder. */
const PARTS: Readonly<Partial<Record<NodeJS.Platform, { program: string; resources: string }>>> = {
  linux: { program: 'reverie', resources: 'resources' },
  win32: { program: 'Reverie.exe', resources: 'resources' },
  darwin: { program: 'Reverie.app/Contents/MacOS/Reverie', resources: 'Reverie.app/Contents/Resources' },
};
const NATIVE = /\.(node|dll|dylib|so(\.[\d.]+)?)$/;
const SYSTEMS = ['linux', 'linuxmusl', 'musl', 'darwin', 'win32', 'wasm32', 'x64', 'arm64', 'ia32'];
/** All of them, without the numbers of their versions. sharp's own add-on is not among them. */
const LIBRARIES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['koffi.node', 'libonnxruntime.so', 'libvips-cpp.so', 'onnxruntime_binding.node'],
  win32: [
    'DirectML.dll',
    'dxcompiler.dll',
    'dxil.dll',
    'koffi.node',
    'libvips-42.dll',
    'onnxruntime.dll',
    'onnxruntime_binding.node',
  ],
  darwin: ['koffi.node', 'libonnxruntime.dylib', 'libvips-cpp.dylib', 'onnxruntime_binding.node'],
};
/** What only builds, tests or describes. */
const SUPERFLUOUS =
  /\.(map|ts|mts|cts|tsbuildinfo)$|\/(tests?|__tests__|coverage|docs|benchmarks?|examples?)\/|\.(test|spec)\./;

test.describe.configure({ mode: 'serial' });

let program: string;
let resources: string;
/** Paths in its archive, each with a slash before it. */
let files: readonly string[];
let elsewhere: string;

test.beforeAll(async () => {
  test.setTimeout(PACK_MS);
  const words = [join(ROOT, 'scripts', 'dist.mjs'), '--dir'];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const folder = join(ROOT, stdout.trim().split('\n').at(-1) ?? '');
  const parts = PARTS[process.platform];
  if (parts === undefined) throw new Error(`Nothing is packed for ${process.platform}.`);
  program = join(folder, parts.program);
  resources = join(folder, parts.resources);
  const listed = listPackage(join(resources, 'app.asar'), { isPack: false });
  files = listed.map((path) => path.replaceAll('\\', '/'));
  elsewhere = await mkdtemp(join(tmpdir(), 'reverie-packed-'));
});

test.afterAll(() => rm(elsewhere, { recursive: true, force: true, maxRetries: 5 }));

test('it holds what runs, and nothing else', () => {
  const under = (folder: string): string[] => [
    ...new Set(
      files
        .filter((path) => path.startsWith(folder))
        .map((path) => path.slice(folder.length).split('/')[0] ?? ''),
    ),
  ];
  expect(under('/').sort()).toEqual(['dist', 'node_modules', 'package.json']);
  expect(under('/dist/main/')).toEqual(expect.arrayContaining(['app.js', 'engine.js']));
  expect(under('/dist/main/').filter((name) => /^(bench|cli)/.test(name))).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(['/dist/preload/bridge.cjs', '/dist/renderer/index.html']));
  const card: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const { dependencies } = card as { dependencies: Record<string, string> };
  // Of sharp only libvips is used, which is a package of its own.
  const { sharp: _, ...used } = dependencies;
  const libraries = Object.keys(used).map((name) => `/node_modules/${name}/package.json`);
  expect(files).toEqual(expect.arrayContaining(libraries));
  expect(files.filter((path) => SUPERFLUOUS.test(path))).toEqual([]);
  expect(files.length).toBeLessThan(MOST_FILES);
  for (const file of ['dreamnet.onnx', 'catalogue.json', 'labels/imagenet.json'])
    expect(existsSync(join(resources, 'models', file)), file).toBe(true);
});

test('its native libraries are those of this system and processor, once each', () => {
  const native = files.filter((path) => NATIVE.test(path));
  const names = native.map((path) => basename(path).replace(/(\.\d+)+$|(\.\d+)+(?=\.dylib$)/, ''));
  expect([...new Set(names)].sort()).toEqual(LIBRARIES[process.platform]);
  const others = SYSTEMS.filter((name) => name !== process.platform && name !== process.arch);
  const foreign = native.filter((path) => path.split(/[-_./]/).some((name) => others.includes(name)));
  expect(foreign).toEqual([]);
  expect(new Set(native.map((path) => basename(path))).size).toBe(native.length);
  // They open files themselves, so they lie beside the archive.
  for (const path of native) expect(existsSync(join(resources, 'app.asar.unpacked', path)), path).toBe(true);
});

test('its switches are thrown', async () => {
  const wire = await getCurrentFuseWire(program);
  /** They stand in the program as digits. */
  const state = (option: FuseV1Options): string => String.fromCharCode(wire[option] ?? 0);
  const off = [
    FuseV1Options.RunAsNode,
    FuseV1Options.EnableNodeOptionsEnvironmentVariable,
    FuseV1Options.EnableNodeCliInspectArguments,
  ];
  const on = [
    FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
    FuseV1Options.OnlyLoadAppFromAsar,
    FuseV1Options.EnableCookieEncryption,
  ];
  expect(off.map(state)).toEqual(off.map(() => '0'));
  expect(on.map(state)).toEqual(on.map(() => '1'));
});

test('it says in one line that it works', () => {
  const words = [join(ROOT, 'scripts', 'smoke.mjs'), program, ...sandboxWords()];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: elsewhere, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const said: unknown = JSON.parse(stdout);
  expect(said).toMatchObject({ runtime: 'onnxruntime', device: 'cpu', steps: 3, classes: [{}] });
});

test('from another folder it dreams on a photo of the command line, classifies it and quits with 0', async () => {
  // Playwright drives a program through Node's inspector, which a packed one refuses: the one switch that is turned back.
  await flipFuses(program, {
    version: FuseVersion.V1,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
  await writePhoto(join(elsewhere, 'garden.png'));
  const home = join(elsewhere, 'home');
  const user = join(elsewhere, 'user');
  await mkdir(user);
  const app = await _electron.launch({
    executablePath: program,
    args: [...sandboxWords(), 'garden.png'],
    cwd: elsewhere,
    env: { ...environment(), REVERIE_HOME: home, HOME: user, XDG_CACHE_HOME: join(user, '.cache') },
  });
  const ended = once(app.process(), 'exit');
  const page = await app.firstWindow();
  const main = page.getByRole('main');
  await main.getByRole('option', { name: /^garden/ }).click();
  await main.getByRole('button', { name: 'Explain what a network sees' }).click();
  const classes = page.getByRole('list', { name: 'Likeliest classes' }).getByRole('button');
  await expect(classes).toHaveCount(5);
  await page.getByRole('navigation', { name: 'Workspaces' }).getByRole('button', { name: 'Gallery' }).click();
  await main.getByRole('button', { name: 'Dream on this picture' }).click();
  for (const [name, value] of Object.entries({ Octaves: '1', Steps: '3' })) {
    await page.getByRole('textbox', { name, exact: true }).fill(value);
    await page.getByRole('textbox', { name, exact: true }).press('Tab');
  }
  await main.getByRole('button', { name: 'Dream', exact: true }).click();
  await expect(page.getByRole('img', { name: 'The finished dream' })).toBeVisible();
  await app.close();
  expect(await ended).toEqual([0, null]);
  // What ONNX Runtime would report about its use, and about whose, it would keep among the user's files first.
  const kept = await readdir(user, { recursive: true });
  expect(kept.filter((path) => /microsoft|onnxruntime/i.test(path))).toEqual([]);
});

function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
