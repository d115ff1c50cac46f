/** From a name in the catalogue to an installed network: download, verify, install. */
import { download, type DownloadOptions } from './download.ts';
import { install, isInstalled, type InstallOptions } from './install.ts';
import type { CatalogueNetwork } from './network.ts';
import type { DownloadProgress } from './receive.ts';

/**
 * Tells the progress of the download; ends when the network is installed, at once if it was before.
 * @throws ReverieError download/failed, download/corrupt, download/space, job/cancelled, model/unsupported
 */
export async function* obtain(
  network: CatalogueNetwork,
  options: DownloadOptions & InstallOptions,
): AsyncGenerator<DownloadProgress, void, undefined> {
  if (await isInstalled(network, options.engine)) return;
  yield* download(network, options);
  await install(network, options);
}
