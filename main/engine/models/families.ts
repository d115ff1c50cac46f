/** Which layers of a network are worth dreaming with, when neither the user nor its card says: chosen by looking. */
import type { Layer } from './layers.ts';

/** Layers of well-known networks, recognised by having them. */
const FAMILIES: readonly (readonly string[])[] = [
  ['inception_4c/output'], // GoogLeNet of Caffe, of Caffe2, and the same network from TensorFlow
  ['mixed4c'],
  ['mixed3', 'mixed5'], // Inception v3 of Keras
  ['Mixed_6a', 'Mixed_6c'], // the same of TensorFlow-slim and torchvision
  ['fire8/concat'], // SqueezeNet 1.1
  ['expanded_conv_12/add'], // MobileNet v2
];

/**
 * Names of the layers to dream with. Of an unknown network it is the last one that still sees the picture at a sixteenth
 * of its size: deep enough for parts of objects, fine enough to place them; what only pads or cuts another is none of its
 * own. Of a transformer it is what the activation of an MLP gives, where features are told apart best, two thirds of the way.
 *
 * @param picture size of the picture that the layers' sizes belong to
 */
export function dreamLayers(layers: readonly Layer[], picture: { readonly width: number }): string[] {
  const called = new Map(layers.flatMap(({ name, aliases }) => aliases.map((alias) => [alias, name])));
  for (const { name } of layers) called.set(name, name);
  const family = FAMILIES.find((members) => members.every((name) => called.has(name)));
  if (family !== undefined) return family.map((name) => called.get(name) ?? name);
  const spatial = layers.filter(
    ({ width, height, grid, role }) => grid && width > 1 && height > 1 && role !== 'rearrangement',
  );
  const fine = spatial.filter(({ width }) => width >= picture.width / 16);
  const hidden = hiddenLayers(layers).filter((layer) => fine.length === 0 || fine.includes(layer));
  const chosen =
    hidden[Math.ceil((2 * hidden.length) / 3) - 1] ?? fine.at(-1) ?? spatial.at(-1) ?? layers.at(-1);
  return chosen === undefined ? [] : [chosen.name];
}

/** What linear maps over features read to make fewer of them, behind an activation: the hidden layers of MLPs. */
function hiddenLayers(layers: readonly Layer[]): Layer[] {
  return layers.filter(({ grid, plain, role, channels }, i) => {
    const next = layers[i + 1];
    const behind = role === 'activation' || role === 'gating' || role === 'arithmetic';
    return grid && !plain && behind && next?.role === 'linear' && next.channels < channels;
  });
}
