/** What is packed where Electron's own program cannot be had: the old one, to test what packing does. Nobody is to be given it. */
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { oldApp } from './bundles.mjs';
import { oldElectron, oldVersion } from './program.mjs';

/**
 * What is different from a packed program with Electron's own, see scripts/packing/configuration.mjs. Both have been brought and built.
 * @param version of the product
 */
export function oldPackaging(version) {
  return {
    files: [{ from: oldApp, to: 'dist', filter: ['**/*', '!**/*.map'] }],
    electron: {
      extraMetadata: { version: `${version}-test` },
      electronVersion: oldVersion,
      electronDist: dirname(oldElectron),
      // It lies there with the launcher of the specs.
      afterExtract: ({ appOutDir }) => rm(join(appOutDir, 'resources', 'app'), { recursive: true }),
      // A switch that it does not have yet.
      electronFuses: { grantFileProtocolExtraPrivileges: undefined },
    },
  };
}
