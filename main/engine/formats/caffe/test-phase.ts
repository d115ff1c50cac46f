/** The layers that compute something when a network looks at a picture, out of all that its files hold. */
import type { LayerParameter, NetStateRule } from './messages.ts';

/** Layers that measure a result instead of being part of it. */
const MEASURES = new Set([
  'Accuracy',
  'ArgMax',
  'ContrastiveLoss',
  'EuclideanLoss',
  'HDF5Output',
  'HingeLoss',
  'InfogainLoss',
  'MultinomialLogisticLoss',
  'Silence',
]);

/** Losses that begin with a function which turns scores into probabilities. */
const LOSSES: Readonly<Record<string, string>> = {
  SoftmaxWithLoss: 'Softmax',
  SigmoidCrossEntropyLoss: 'Sigmoid',
};

/** Layers that bring data read nothing. */
export const isSource = ({ bottom = [] }: LayerParameter): boolean => bottom.length === 0;

/** Layers that pass their bottom on; nothing is dropped in the test phase. */
export const isPassing = ({ type = '' }: LayerParameter): boolean => type === 'Dropout' || type === 'Split';

export const isMeasure = ({ type = '' }: LayerParameter): boolean => MEASURES.has(type);

/**
 * The layers of the test phase; those of other phases are left out by their rules.
 * @param saved whether they come from a .caffemodel alone. It is saved while training and holds no layer of the test phase
 *   only, so one of the training phase stays where no other gives its tops. Statistics of batches are those that were
 *   gathered.
 */
export function testLayers(layers: readonly LayerParameter[], saved: boolean): LayerParameter[] {
  const included = layers.filter(isIncluded);
  if (!saved) return included.map(withoutLoss);
  const given = new Set(included.flatMap(({ top = [] }) => top));
  const kept = layers.filter(
    (layer) => isIncluded(layer) || !(layer.top ?? []).some((name) => given.has(name)),
  );
  return kept.map(withoutLoss).map(({ batchNormParam: { useGlobalStats: _, ...norm } = {}, ...layer }) => ({
    ...layer,
    batchNormParam: norm,
  }));
}

/** The state of a network that is only run: the test phase, at level 0 and in no stage. */
function meets({ phase, minLevel = 0, maxLevel = 0, stage = [] }: NetStateRule): boolean {
  return (phase ?? 'TEST') === 'TEST' && minLevel <= 0 && maxLevel >= 0 && stage.length === 0;
}

function isIncluded({ include = [], exclude = [] }: LayerParameter): boolean {
  return include.length > 0 ? include.some(meets) : !exclude.some(meets);
}

/** A loss becomes the probabilities that it is computed from, `<layer>/prob`. */
function withoutLoss(layer: LayerParameter): LayerParameter {
  const { type = '', name = '', bottom = [] } = layer;
  const probability = Object.hasOwn(LOSSES, type) ? LOSSES[type] : undefined;
  if (probability === undefined) return layer;
  return { ...layer, type: probability, bottom: bottom.slice(0, 1), top: [`${name}/prob`] };
}
