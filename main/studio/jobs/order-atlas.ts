/** What the engine is asked for by an order for an atlas, whose images the engine itself keeps. */
import type { AtlasRequest } from '../../../shared/contract/atlas.ts';
import type { Order } from '../../../shared/studio/jobs.ts';
import type { Place } from './begin.ts';

export function atlasRequest(
  { model, runtime, device, settings }: Order<'atlas'>,
  { preview }: Place,
): AtlasRequest {
  return { settings, out: null, preview, model, runtime, device };
}
