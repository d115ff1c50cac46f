/** Says where a network ceased to give numbers: in which layer first, as far as that can be told from its input. */
import { ReverieError } from '../../../../shared/errors.ts';
import { IMAGE } from '../../models/model.ts';
import { NotFiniteError } from '../../runtime/finite.ts';
import type { MethodContext } from './context.ts';

/**
 * The error with the step and the first layer whose values are no numbers; any other as it is.
 *
 * @param step that was being taken, from 1; 0 where none has been
 */
export async function explained(
  error: unknown,
  { model, runtime }: Pick<MethodContext, 'model' | 'runtime'>,
  step: number,
): Promise<unknown> {
  if (!(error instanceof NotFiniteError)) return error;
  const when = step === 0 ? '' : ` at step ${step}`;
  const image = error.feeds[IMAGE];
  const layer = image?.dims.length === 4 ? await soughtLayer({ model, runtime }, image) : undefined;
  const kept = step === 0 ? '' : ' Nothing of this step was kept.';
  const message = `The network gives no numbers (NaN or infinite)${when}${placeOf(layer)}.${kept}`;
  const details = { ...error.details, step, layer: layer ?? null };
  return new ReverieError('model/not-finite', message, details, { cause: error });
}

/** What is known of the first layer, and what to do. @param layer null for none, undefined where that could not be told */
function placeOf(layer: string | null | undefined): string {
  if (layer === undefined) return ': choose another layer or target, or another picture';
  return layer === null
    ? ', although every layer does, so the gradient grows without bound: choose another layer or target, or a smaller rate'
    : `, from layer "${layer}" on: choose an earlier layer, or another picture`;
}

/** As {@link firstUnsound}; undefined where looking fails, which must not stand in front of what was wrong. */
async function soughtLayer(...about: Parameters<typeof firstUnsound>): Promise<string | null | undefined> {
  try {
    return await firstUnsound(...about);
  } catch {
    return undefined;
  }
}

/** The first layer with a value that is no number; null where there is none. */
async function firstUnsound(
  { model, runtime }: Pick<MethodContext, 'model' | 'runtime'>,
  image: NonNullable<NotFiniteError['feeds'][string]>,
): Promise<string | null> {
  const [batch = 1, , height = 1, width = 1] = image.dims;
  const layers = model.layers({ width, height });
  const g = model.build(
    { batch, width, height },
    layers.map(({ tensor }) => tensor),
  );
  // Zero times a number is zero, and times anything else no number: one scalar for each layer, whatever its size.
  const sums = layers.map(({ tensor }) => g.total(g.scale(tensor, 0)));
  const program = await runtime.compile(g.finish(sums));
  try {
    const found = await program.run({ [IMAGE]: image });
    return layers.find((_, i) => found[sums[i] ?? '']?.data[0] !== 0)?.name ?? null;
  } finally {
    await program.dispose();
  }
}
