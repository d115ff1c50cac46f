/** The desktop door: Electron's modules and where the built files lie. Everything it does is in app/desktop.ts. */
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeImage,
  net,
  protocol,
  screen,
  session,
  shell,
  utilityProcess,
} from 'electron';
import { join } from 'node:path';
import { startDesktop } from './app/desktop.ts';
import { SMOKE, SmokeTest } from './app/smoke.ts';
import { reverieHome } from './files/home.ts';

const built = join(import.meta.dirname, '..');
const smoke = process.argv.includes(SMOKE)
  ? new SmokeTest({ app, nativeImage, print: (line) => process.stdout.write(`${line}\n`) })
  : undefined;

startDesktop(
  {
    app,
    BrowserWindow,
    // Nobody would close a box that tells of a failure.
    dialog: smoke === undefined ? dialog : { ...dialog, showErrorBox: (_, text) => smoke.fail(text) },
    ipcMain,
    Menu,
    MessageChannelMain,
    nativeImage,
    net,
    protocol,
    screen,
    session,
    shell,
    utilityProcess,
  },
  {
    home: smoke?.home ?? reverieHome(),
    platform: process.platform,
    words: [...process.argv, ...(smoke === undefined ? [] : [smoke.picture])],
    ...(smoke === undefined ? {} : { whenOpen: (studio) => smoke.use(studio) }),
    engine: join(built, 'main', 'engine.js'),
    preload: join(built, 'preload', 'bridge.cjs'),
    page: join(built, 'renderer'),
  },
);
