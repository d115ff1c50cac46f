/** Attacks for windows beyond the queue: results shown to other networks, and the matrix of what carries over. */
import { requestOf } from '../../shared/methods/request.ts';
import type { StudioRequest } from '../../shared/studio/contract.ts';
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttackSetRow, BeforeAfter } from '../../shared/methods/attack.ts';
import type { EngineApi } from '../../shared/contract.ts';
import { ReverieError } from '../../shared/errors.ts';
import type { JobEvent } from '../../shared/jobs.ts';
import type { Execution } from '../../shared/recipes/common.ts';
import type { ReadPrint, TransferReport, TransferRow } from '../../shared/studio/attack.ts';
import type { Gallery } from './gallery/gallery.ts';
import { inputPath } from './jobs/run-inputs.ts';
import type { RunStore } from './jobs/run-store.ts';

interface AttacksOptions {
  readonly engine: Pick<EngineApi, 'attackSet' | 'classify'>;
  readonly gallery: Gallery;
  readonly runs: RunStore;
  /** For files that live until the next start. */
  readonly folder: string;
  /** The network, runtime and device for a request. */
  readonly execution: (model: string | null) => Promise<Execution>;
}

/** Classes that are told of a picture. */
const TOP = 5;

export class Attacks {
  readonly #options: AttacksOptions;

  constructor(options: AttacksOptions) {
    this.#options = options;
  }

  /** What a network sees in the picture of an attack and in its result. @throws ReverieError job/unknown, job/state, image/missing */
  async seenBy({ job, model }: StudioRequest<'attackSeenBy'>): Promise<BeforeAfter> {
    const { engine, gallery, runs, execution } = this.#options;
    const { inputs, result } = runs.get(job);
    if (result === null) throw new ReverieError('job/state', 'This job has made no picture yet.');
    const source = inputPath(runs.folder(job), 'source', inputs['source'] ?? '');
    const { images } = await engine.classify({
      images: [source, gallery.path(result)],
      settings: { top: TOP },
      ...{ printed: false, straightened: null },
      ...(await execution(model)),
    });
    const [before, after] = images;
    return { before: before?.classes ?? [], after: after?.classes ?? [] };
  }

  /** The straightened picture goes into the gallery. @throws ReverieError image/missing, image/unreadable */
  async readPrint({ picture, model, output = null, top }: StudioRequest<'classify'>): Promise<ReadPrint> {
    const { engine, gallery, folder, execution } = this.#options;
    const photo = gallery.path(picture);
    const straightened = join(folder, randomUUID());
    const { images } = await engine.classify({
      images: [photo],
      settings: { top },
      printed: true,
      straightened,
      ...(await execution(model)),
      output,
    });
    const [name = ''] = await readdir(straightened);
    const kept = await gallery.adopt(join(straightened, name), name);
    return { picture: kept, classes: images[0]?.classes ?? [] };
  }

  /** A step for every picture and network; the results themselves are not kept. Leaving ends the work. */
  async *transfer({
    pictures,
    models,
    settings,
  }: StudioRequest<'transfer'>): AsyncGenerator<JobEvent<TransferReport>, void, undefined> {
    const { engine, gallery, execution } = this.#options;
    const [first = null, ...others] = models;
    const ids = new Map(pictures.map((picture) => [gallery.path(picture), picture]));
    const asked = requestOf('attackSet', {
      images: [...ids.keys()],
      // Every network of the matrix fights alone; and a window names no paths.
      settings: { ...settings, ensemble: null, mask: null },
      out: null,
      transfer: others.length === 0 ? null : others,
      ...(await execution(first)),
    });
    const events = engine.attackSet(asked);
    for await (const event of events) {
      if (event.kind !== 'done') {
        yield event;
        continue;
      }
      const { transfer, fooled, counted, rows, robust, notes } = event.result;
      const counts = transfer ?? { fooled: [[fooled]], counted: [[counted]] };
      yield {
        kind: 'done',
        result: {
          models,
          fooled: counts.fooled,
          counted: counts.counted,
          rows: rows.map((row) => told(row, ids.get(row.image) ?? '')),
          robust,
          notes,
        },
      };
    }
  }
}

const told = (
  { before, after, counted, success, norms, brokenBy }: AttackSetRow,
  picture: string,
): TransferRow => ({ picture, before, after, counted, success, norms, brokenBy });
