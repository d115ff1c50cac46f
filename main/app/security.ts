/** What windows may not do, after Electron's security checklist: go elsewhere, open others, ask for permissions, reach a network. */
import type { App, Session, WebContents, WebPreferences } from 'electron';
import { PAGE_ORIGIN } from './page-protocol.ts';

export function webPreferences(preload: string): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    webSecurity: true,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  };
}

/** For whatever contents ever come to be, from their first moment. */
export function confineContents(app: Pick<App, 'on'>): void {
  app.on('web-contents-created', (_event, contents) => confine(contents));
}

function confine(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => {
    if (!isOurs(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isOurs(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

export function confineSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  // Reverie works offline. What the developer tools load is theirs.
  session.webRequest.onBeforeRequest((details, answer) => {
    const allowed = ['reverie:', 'blob:', 'devtools:', 'chrome-extension:'].includes(protocolOf(details.url));
    answer({ cancel: !allowed });
  });
}

function isOurs(url: string): boolean {
  return URL.canParse(url) && url.startsWith(`${PAGE_ORIGIN}/`);
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}
