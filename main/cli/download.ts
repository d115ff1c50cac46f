/** `reverie models catalogue` and `reverie models download`: networks from elsewhere. Only the second contacts anybody. */
import { join } from 'node:path';
import { columns } from '../../shared/columns.ts';
import { ReverieError } from '../../shared/errors.ts';
import { catalogue as networks, networkCalled } from '../catalogue/catalogue.ts';
import type { DownloadProgress } from '../catalogue/receive.ts';
import { obtain } from '../catalogue/obtain.ts';
import { offerOf } from '../catalogue/offer.ts';
import { reverieHome } from '../files/home.ts';
import type { Context, Outcome, Output } from './command.ts';
import { bar } from './progress.ts';

export async function catalogue({ engine, interruption }: Context): Promise<Outcome> {
  const { models } = await interruption.unless(engine.listModels());
  const ids = new Set(models.map(({ id }) => id));
  const json = { networks: networks().map((network) => offerOf(network, ids.has(network.id))) };
  const rows = json.networks.map(({ id, bytes, exact, licence, installed, knownFor }) => [
    id,
    `${exact ? '' : 'about '}${mebibytes(bytes)}`,
    licence.name,
    installed ? 'installed' : '',
    knownFor,
  ]);
  return { json, lines: columns(rows) };
}

/** @throws ReverieError download/failed, download/corrupt, download/space, job/cancelled, model/missing */
export async function download(
  { engine, interruption, stderr }: Context,
  id: string | undefined,
): Promise<Outcome> {
  if (id === undefined)
    throw new ReverieError(
      'usage/option',
      'reverie models download takes the name of a network; "reverie models catalogue" lists them.',
    );
  const network = networkCalled(id);
  const models = join(reverieHome(), 'models');
  const progress = createProgress(stderr);
  try {
    for await (const told of obtain(network, { models, engine, signal: interruption.signal }))
      progress.tell(told);
  } finally {
    progress.end();
  }
  return { json: offerOf(network, true), lines: [`${network.title} is installed as "${id}".`] };
}

/** One line that is redrawn on a terminal, a line per tenth elsewhere. */
function createProgress(stream: Output): {
  tell: (progress: DownloadProgress) => void;
  end: () => void;
} {
  let tenth = -1;
  return {
    tell({ bytes, of }) {
      const share = of === 0 ? 0 : bytes / of;
      const text = `${mebibytes(bytes)} of ${mebibytes(of)}`;
      if (stream.isTTY) stream.write(`\r\u001b[2K${bar(share)} ${text}`);
      else if (Math.floor(10 * share) > tenth) {
        tenth = Math.floor(10 * share);
        stream.write(`${text}\n`);
      }
    },
    end() {
      if (stream.isTTY) stream.write('\r\u001b[2K');
    },
  };
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
