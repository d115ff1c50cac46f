/** The native menu. What concerns the picture on the page is said to the page, which knows it. */
import type { MenuItemConstructorOptions } from 'electron';
import type { HelpPage } from '../../shared/studio/bridge.ts';

interface MenuActions {
  /** Lets the user choose pictures and networks; on macOS folders, too. */
  readonly importFiles: () => void;
  readonly importFolder: () => void;
  readonly exportPicture: () => void;
  readonly openSettings: () => void;
  readonly showFolder: () => void;
  readonly showLog: () => void;
  readonly openHelp: (page: HelpPage) => void;
}

export function menuTemplate(
  platform: NodeJS.Platform,
  packaged: boolean,
  { importFiles, importFolder, exportPicture, openSettings, showFolder, showLog, openHelp }: MenuActions,
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const settings: MenuItemConstructorOptions = {
    label: 'Settings…',
    accelerator: 'CmdOrCtrl+,',
    click: openSettings,
  };
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const about: MenuItemConstructorOptions = { label: 'About Reverie', click: () => openHelp('about') };
  const application: MenuItemConstructorOptions = {
    role: 'appMenu',
    submenu: [about, separator, settings, separator, { role: 'hide' }, { role: 'quit' }],
  };
  const file: MenuItemConstructorOptions = {
    label: 'File',
    submenu: [
      { label: 'Import…', accelerator: 'CmdOrCtrl+O', click: importFiles },
      // Only macOS has a dialog for files and folders at once.
      ...(mac ? [] : [{ label: 'Import Folder…', accelerator: 'CmdOrCtrl+Shift+O', click: importFolder }]),
      { role: 'recentDocuments', submenu: [{ role: 'clearRecentDocuments' }], visible: mac },
      { label: 'Export…', accelerator: 'CmdOrCtrl+E', click: exportPicture },
      separator,
      ...(mac ? [] : [settings, separator]),
      { label: 'Show the Folder of Reverie', click: showFolder },
      separator,
      { role: mac ? 'close' : 'quit' },
    ],
  };
  const view: MenuItemConstructorOptions = {
    label: 'View',
    submenu: [
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      separator,
      { role: 'togglefullscreen' },
      ...(packaged ? [] : [separator, { role: 'reload' } as const, { role: 'toggleDevTools' } as const]),
    ],
  };
  const help: MenuItemConstructorOptions = {
    role: 'help',
    submenu: [
      { label: 'Keyboard Shortcuts', click: () => openHelp('keyboard') },
      { label: 'What Is New', click: () => openHelp('news') },
      separator,
      { label: 'Show the Log', click: showLog },
      { label: 'Report a Problem…', click: () => openHelp('report') },
      separator,
      { label: 'Licences', click: () => openHelp('licences') },
      ...(mac ? [] : [about]),
    ],
  };
  return [...(mac ? [application] : []), file, { role: 'editMenu' }, view, { role: 'windowMenu' }, help];
}
