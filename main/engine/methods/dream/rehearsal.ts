/**
 * The first step of a dream before anybody asks for it, on a grey picture of its size: its program is compiled and kept, and
 * everything that the step needs has been loaded and used once, so that the real one is there at once.
 */
import type { DreamSettings } from '../../../../shared/recipes/dream.ts';
import { createPixels, type Size } from '../../imaging/pixels.ts';
import type { MethodContext } from '../common/context.ts';
import { dream, planDream } from './dream.ts';
import { dreamMemory } from './memory.ts';
import { dreamSize } from './octaves.ts';
import { defaultLayers, energyOf, resolveTerms } from './terms.ts';

/** A dream that takes more memory takes long to rehearse, in bytes: who presses the button meanwhile would wait for that. */
const MOST_MEMORY = 2 ** 30;

/**
 * Takes the step, unless it is a large one. Only the processor rehearses: a graphics card is not to be lost for a dream that
 * nobody has asked for.
 *
 * @param picture size of the picture that would be dreamed on
 * @returns whether it did
 * @throws ReverieError as a dream
 */
export async function rehearse(
  context: MethodContext,
  settings: DreamSettings,
  picture: Size,
): Promise<boolean> {
  const { model, runtime } = context;
  if (runtime.device !== 'cpu') return false;
  const terms = resolveTerms(model, settings.layers ?? defaultLayers(model), settings.channels);
  const objective = energyOf(terms);
  const { tile, needed } = dreamMemory(model, runtime.device, picture, settings);
  if (needed > MOST_MEMORY) return false;
  const plan = planDream(dreamSize(picture, settings.size), settings, model.smallest(objective.targets));
  const [first = picture] = plan.sizes;
  const grey = createPixels(first.width, first.height, 0.5);
  const steps = dream({ ...context, objective }, grey, plan, { ...settings, tile, mask: undefined });
  await steps.next();
  await steps.return(undefined);
  return true;
}
