/** The gradient steps on one frame of a film. */
import type { VideoSettings } from '../../../../shared/recipes/video.ts';
import type { WeightedLayer } from '../../../../shared/recipes/kinds.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import type { MethodContext } from '../common/context.ts';
import { dream, planDream } from '../dream/dream.ts';
import { energyOf, resolveTerms } from '../dream/terms.ts';
import type { Tiling } from '../dream/tiling.ts';

/** How a frame is dreamed on, whatever the film is made from. */
interface Dreaming extends Pick<
  VideoSettings,
  'steps' | 'octaves' | 'octaveScale' | 'normalise' | 'jitter' | 'rate' | 'seed'
> {
  readonly layers: readonly WeightedLayer[];
  readonly tiling: Tiling;
}

export async function dreamOnFrame(
  context: MethodContext,
  view: Pixels,
  { layers, ...dreaming }: Dreaming,
): Promise<Pixels> {
  const { model } = context;
  const terms = resolveTerms(model, layers, null);
  const plan = planDream(view, dreaming, model.smallest(terms.map(({ tensor }) => tensor)));
  const options = { ...dreaming, tile: dreaming.tiling.wished, mask: undefined };
  let picture = view;
  for await (const step of dream({ ...context, objective: energyOf(terms) }, view, plan, options))
    ({ picture } = step);
  return picture;
}
