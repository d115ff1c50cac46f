/** Gives the window what it tells of the program: its version, licences (for it and for people), and what is new. */
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { licencesOf, licencesText } from './licences.mjs';
import { newsIn } from './news.mjs';

/** A plugin of Vite's. @param root of the repository */
export function aboutProgram(root) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return {
    name: 'about-program',
    config: () => ({ define: { __VERSION__: JSON.stringify(version) } }),
    generateBundle() {
      const licences = licencesOf(root, packagesOf([...this.getModuleIds()], root));
      const news = newsIn(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'));
      const emit = (fileName, source) => this.emitFile({ type: 'asset', fileName, source });
      emit('licences.json', JSON.stringify(licences));
      emit('licences.txt', licencesText(licences));
      emit('news.json', JSON.stringify(news));
    },
  };
}

/** The folders of the packages that modules come from, relative to the root. */
export function packagesOf(modules, root) {
  const folders = modules.flatMap((id) => {
    const path = relative(root, id.replaceAll('\0', '').split('?')[0]).split(sep).join('/');
    return /^node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
  });
  return [...new Set(folders)];
}
