/** The desktop door: Electron's modules and where the built files lie. Everything it does is in app/desktop.ts. */
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeImage,
  protocol,
  screen,
  session,
  shell,
  utilityProcess,
} from 'electron';
import { join } from 'node:path';
import { startDesktop } from './app/desktop.ts';
import { reverieHome } from './files/home.ts';

const built = join(import.meta.dirname, '..');

startDesktop(
  {
    app,
    BrowserWindow,
    dialog,
    ipcMain,
    Menu,
    MessageChannelMain,
    nativeImage,
    protocol,
    screen,
    session,
    shell,
    utilityProcess,
  },
  {
    home: reverieHome(),
    platform: process.platform,
    words: process.argv.slice(app.isPackaged ? 1 : 2),
    engine: join(built, 'main', 'engine.js'),
    preload: join(built, 'preload', 'bridge.cjs'),
    page: join(built, 'renderer'),
  },
);
