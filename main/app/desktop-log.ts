/** The log of the desktop program, with what Electron tells of processes that died and pages that failed. */
import type { App, WebContents } from 'electron';
import { beginLog } from '../log/begin.ts';
import { log } from '../log/log.ts';

/** Until the program has quit. */
export function beginDesktopLog(app: Pick<App, 'on'>, home: string): void {
  const end = beginLog(home, 'The desktop program');
  app.on('child-process-gone', (_event, { type, name, serviceName, reason, exitCode }) => {
    // The engine's own host knows more of it.
    const level = reason === 'clean-exit' || reason === 'killed' ? 'info' : 'error';
    log[level]('program', `A process of Electron has gone (${type}): ${reason}.`, {
      name,
      serviceName,
      exitCode,
    });
  });
  app.on('web-contents-created', (_event, contents) => watchPage(contents));
  // Electron only warns of these, where nobody reads it.
  process.on('unhandledRejection', tellOfRejection);
  app.on('quit', () => {
    process.off('unhandledRejection', tellOfRejection);
    end();
  });
}

function tellOfRejection(error: unknown): void {
  log.failure('program', 'Something failed that nobody waited for', error);
}

function watchPage(contents: WebContents): void {
  contents.on('render-process-gone', (_event, { reason, exitCode }) =>
    log.error('window', `The page has gone: ${reason}.`, { exitCode }),
  );
  contents.on('unresponsive', () => log.warning('window', 'The page does not answer.'));
  contents.on('responsive', () => log.info('window', 'The page answers again.'));
  contents.on('preload-error', (_event, _path, error) =>
    log.failure('window', 'The preload script failed', error),
  );
  contents.on('did-fail-load', (_event, code, description, url) =>
    log.error('window', `${url} was not loaded: ${description}.`, { code }),
  );
}
