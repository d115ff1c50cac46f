/** The native menu. What concerns the picture on the page is said to the page, which knows it. */
import type { MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  /** Lets the user choose pictures, folders and networks. */
  readonly importFiles: () => void;
  readonly exportPicture: () => void;
  readonly openSettings: () => void;
  readonly showFolder: () => void;
}

export function menuTemplate(
  platform: NodeJS.Platform,
  packaged: boolean,
  { importFiles, exportPicture, openSettings, showFolder }: MenuActions,
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const settings: MenuItemConstructorOptions = {
    label: 'Settings…',
    accelerator: 'CmdOrCtrl+,',
    click: openSettings,
  };
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const application: MenuItemConstructorOptions = {
    role: 'appMenu',
    submenu: [{ role: 'about' }, separator, settings, separator, { role: 'hide' }, { role: 'quit' }],
  };
  const file: MenuItemConstructorOptions = {
    label: 'File',
    submenu: [
      { label: 'Import…', accelerator: 'CmdOrCtrl+O', click: importFiles },
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
  return [...(mac ? [application] : []), file, { role: 'editMenu' }, view, { role: 'windowMenu' }];
}
