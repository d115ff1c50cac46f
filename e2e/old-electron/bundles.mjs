/**
 * The product as an old Electron can run it, in dist/old-electron: CommonJS, because it loads no ES modules, and in the language of
 * its Chromium. Everything else is as in the build that is shipped.
 */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = 'e2e/old-electron';
const built = 'dist/old-electron';
const chromium = 'chrome114';

/** The folder to start, relative to the root. */
export const oldApp = built;

/**
 * What is built: each row is one of the product's own configurations with what is different here.
 * @param root of the repository
 */
export function oldBundles(root, { version }) {
  const out = (name) => ({ outDir: join(root, built, name), emptyOutDir: true });
  return [
    {
      config: 'vite.main.config.ts',
      built: `${built}/main/app.js`,
      sources: ['shared', 'main', 'package.json', here],
      changes: {
        plugins: [
          {
            name: 'old-electron',
            config({ build: { rolldownOptions } }) {
              // The terminal's programs wait at their top level, which CommonJS cannot.
              const { app, engine } = rolldownOptions.input;
              rolldownOptions.input = { app, engine };
            },
            writeBundle() {
              const card = { name: 'reverie', version, type: 'commonjs', main: 'main/app.js' };
              writeFileSync(join(root, built, 'package.json'), JSON.stringify(card));
              cpSync(join(import.meta.dirname, 'polyfills.cjs'), join(root, built, 'polyfills.cjs'));
            },
          },
        ],
        build: {
          ...out('main'),
          target: 'node18',
          rolldownOptions: {
            output: {
              format: 'cjs',
              // Its Node cannot import out of an archive, which it can require from.
              dynamicImportInCjs: false,
              intro: ({ isEntry }) => (isEntry ? "require('../polyfills.cjs');" : ''),
            },
          },
        },
      },
    },
    {
      config: 'vite.preload.config.ts',
      built: `${built}/preload/bridge.cjs`,
      sources: ['shared', 'preload', here],
      changes: {
        plugins: [
          {
            name: 'old-electron',
            transform(code, id) {
              if (!id.endsWith('preload/bridge.ts')) return undefined;
              // A file had its path itself before `webUtils` came.
              const call = 'webUtils.getPathForFile(file)';
              if (!code.includes(call)) throw new Error(`The preload script has no ${call} to replace.`);
              return code.replace(call, "(file.path ?? '')");
            },
          },
        ],
        build: { ...out('preload'), target: chromium },
      },
    },
    {
      config: 'renderer/vite.config.ts',
      built: `${built}/renderer/index.html`,
      sources: ['shared', 'renderer', here],
      changes: { build: { ...out('renderer'), target: chromium } },
    },
  ];
}
