/** What the engine is asked for by an order for an attack. */
import { join } from 'node:path';
import { freshViewsOf, worksAnywhere } from '../../../shared/attacks/settings.ts';
import type { AttackRequest } from '../../../shared/contract/attack.ts';
import type { Order } from '../../../shared/studio/jobs.ts';
import { inputPath } from './run-inputs.ts';
import { RUN, type RunRecord } from './run-record.ts';
import type { Place } from './begin.ts';

/** Pictures up to this size are shown as they are while they are attacked: what is changed could not be told from smaller ones. */
const LIVE_SIDE = 1280;
/** Such frames are large, so there are fewer of them. */
const LIVE_MS = 200;

export function attackRequest(
  { model, runtime, device, settings }: Order<'attack'>,
  { inputs }: RunRecord,
  { folder, preview }: Place,
): AttackRequest {
  /** Whether there will be a patch by itself. */
  const alone = worksAnywhere(settings);
  return {
    image: inputPath(folder, 'source', inputs['source'] ?? ''),
    settings: {
      ...settings,
      mask: inputs['mask'] === undefined ? null : inputPath(folder, 'mask', inputs['mask']),
    },
    out: join(folder, RUN.result),
    perturbation: join(folder, RUN.perturbation),
    views: freshViewsOf(settings) > 0 ? join(folder, RUN.views) : null,
    print: alone ? join(folder, RUN.sheet) : null,
    patch: alone ? join(folder, RUN.patch) : null,
    transfer: [],
    preview: { ...preview, maxSide: Math.max(preview.maxSide, LIVE_SIDE), everyMs: LIVE_MS },
    model,
    runtime,
    device,
  };
}
