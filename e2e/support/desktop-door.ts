/** The desktop program, started and ended in every way, with its dialogs answered. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, expect, type ElectronApplication } from '@playwright/test';
import type { Door, Start } from './doors.ts';
import { canSandbox, sandboxWords } from './sandbox.ts';

/** What `npm run e2e` has found: the program, and the folder of the application that it is told to start. */
const program = process.env['REVERIE_ELECTRON'] ?? '';
const application = process.env['REVERIE_APP'] ?? join(import.meta.dirname, '..', '..');

export interface DesktopDoor extends Door {
  /** Of the last start. */
  readonly app: ElectronApplication;
  /** Starts the program as the system does, out of the driver's reach. */
  spawn(start: Start): ChildProcess;
  /** The exit code of the program that runs, once it has ended. */
  ending(): Promise<number | null>;
  /** Chooses an entry of the native menu by its label. */
  choose(label: string): Promise<void>;
  /** Answers the next dialogs for a place with this path, or with Cancel. */
  answer(path: string | null): Promise<void>;
  /** Dialogs for a place since the last call of {@link answer}. */
  dialogs(): Promise<number>;
  /** What a script finds in the window's page, also in one that the driver has lost; `undefined` while there is none. */
  inPage(script: string): Promise<unknown>;
  /** Lets a function of Electron's, `module.name`, give this answer and do nothing. */
  replace(name: ReplacedFunction, answer?: unknown): Promise<Calls>;
}

/** The plain arguments of each call, once it has been replaced. */
export type Calls = () => Promise<readonly unknown[][]>;

type ReplacedFunction =
  | 'app.addRecentDocument'
  | 'dialog.showErrorBox'
  | 'dialog.showMessageBox'
  | 'dialog.showOpenDialog'
  | 'dialog.showSaveDialog'
  | 'shell.openPath';

export function desktopDoor(home: string): DesktopDoor {
  let app: ElectronApplication | undefined;
  /** The driver forgets it with the application. */
  let child: ChildProcess | undefined;
  let dialogs: readonly Calls[] = [];
  const running = (): ElectronApplication => {
    if (app === undefined) throw new Error('The program has not been started.');
    return app;
  };
  const env = { ...ownEnvironment(), REVERIE_HOME: home };
  const wordsOf = ({ words = [] }: Start): string[] => [...sandboxWords(), application, ...words];
  const folderOf = ({ cwd }: Start): { cwd?: string } => (cwd === undefined ? {} : { cwd });
  const door: DesktopDoor = {
    get app() {
      return running();
    },
    async open(start = {}) {
      app = await _electron.launch({
        executablePath: program,
        chromiumSandbox: canSandbox(),
        args: wordsOf(start),
        env,
        ...folderOf(start),
      });
      child = app.process();
      return app.firstWindow();
    },
    spawn: (start) => spawn(program, wordsOf(start), { env, stdio: 'ignore', ...folderOf(start) }),
    async ending() {
      const program = running().process();
      if (program.exitCode === null) await once(program, 'exit');
      return program.exitCode;
    },
    get pid() {
      return child?.pid ?? 0;
    },
    async quit() {
      if (app === undefined || child === undefined) return;
      await app.close();
      const { exitCode, signalCode } = child;
      [app, child] = [undefined, undefined];
      if (exitCode !== 0) throw new Error(`The program ended with ${exitCode ?? signalCode} instead of 0.`);
    },
    async kill() {
      if (child === undefined) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      [app, child] = [undefined, undefined];
    },
    async choose(label) {
      await running().evaluate(({ Menu }, label) => {
        const menus = Menu.getApplicationMenu()?.items ?? [];
        const items = menus.flatMap(({ submenu }) => submenu?.items ?? []);
        const item = items.find((item) => item.label === label);
        if (item === undefined) throw new Error(`The menu has no entry "${label}".`);
        Reflect.apply(item.click, item, []);
      }, label);
    },
    async answer(path) {
      const canceled = path === null;
      dialogs = [
        await door.replace('dialog.showSaveDialog', { canceled, filePath: path ?? '' }),
        await door.replace('dialog.showOpenDialog', { canceled, filePaths: path === null ? [] : [path] }),
      ];
    },
    async dialogs() {
      const calls = await Promise.all(dialogs.map((callsOf) => callsOf()));
      return calls.flat().length;
    },
    inPage: (script) =>
      running().evaluate(({ BrowserWindow }, script) => {
        const nothing = new Promise((resolve) => setTimeout(resolve, 1000));
        const found = BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(script);
        return Promise.race([found?.catch(() => undefined), nothing]);
      }, script),
    async replace(name, answer = null) {
      const calls = await running().evaluateHandle(
        (electron, { name, answer }) => {
          const [module = '', method = ''] = name.split('.');
          const calls: unknown[][] = [];
          const plain = (value: unknown): boolean =>
            !(value instanceof Object) || Object.getPrototypeOf(value) === Object.prototype;
          Object.assign(Reflect.get(electron, module), {
            [method](...given: unknown[]) {
              calls.push(given.filter(plain));
              return Promise.resolve(answer);
            },
          });
          return calls;
        },
        { name, answer },
      );
      return () => calls.jsonValue();
    },
    async saveFile(begin, path) {
      await door.answer(path);
      await begin();
      await expect.poll(() => existsSync(path)).toBe(true);
      expect(await door.dialogs()).toBe(1);
    },
    async saveFiles(begin, folder, count) {
      await door.answer(folder);
      const before = new Set(readdirSync(folder));
      const made = (): string[] =>
        readdirSync(folder).filter((name) => !before.has(name) && !name.startsWith('.'));
      await begin();
      await expect.poll(() => made().length).toBe(count);
      expect(await door.dialogs()).toBe(1);
      return made().map((name) => join(folder, name));
    },
  };
  return door;
}

function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
