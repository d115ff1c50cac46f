/** What windows may not do, after Electron's security checklist: go elsewhere, open others, ask for permissions, reach a network. */
import type { App, Session, WebContents, WebPreferences } from 'electron';
import { isPage } from './page-protocol.ts';

/** A port that nobody but the system could listen on. */
const NOWHERE = 'http://127.0.0.1:1';

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
  // The proxy is for connections; datagrams would go past it.
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => {
    if (!isPage(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isPage(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

export async function confineSession(session: Session): Promise<void> {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  // Reverie works offline. What the developer tools load is theirs.
  session.webRequest.onBeforeRequest((details, answer) => {
    const allowed = ['reverie:', 'blob:', 'devtools:', 'chrome-extension:'].includes(protocolOf(details.url));
    answer({ cancel: !allowed });
  });
  // What asks none of those, as WebRTC does, is sent where nobody is; the page's own scheme takes no proxy.
  await session.setProxy({ proxyRules: NOWHERE, proxyBypassRules: '<-loopback>' });
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}
