/** Other names of layers: what papers call a block, what a framework calls a module whose last layer this is. */
import { traits } from '../graph/traits.ts';
import type { Layer } from './layers.ts';

type Named = Pick<Layer, 'name'>;

/** A block of GoogLeNet under its names in Caffe, in Lucid and in torchvision. */
const GOOGLENET: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^inception_(\d[a-e])\/output$/, ['mixed$1']],
  [/^mixed(\d[a-e])$/, ['inception_$1/output']],
];

/** Caffe2 numbers the versions of a blob: `inception_4c/output_1` is the first one. */
const CAFFE2 = /^(.+)_1$/;

/**
 * Aliases of layers with the layers' own names. No alias is the name of another layer, and none has two meanings.
 *
 * @param layers in the order of computation
 */
export function aliasesOf(layers: readonly Named[]): Record<string, string> {
  const names = new Set(layers.map(({ name }) => name));
  const found = new Map<string, string | null>();
  const add = (alias: string, name: string): void => {
    if (names.has(alias)) return;
    const before = found.get(alias);
    found.set(alias, before === undefined || before === name ? name : null);
  };
  for (const { name } of layers) {
    const plain = names.has('inception_4c/output_1') ? name.replace(CAFFE2, '$1') : name;
    if (plain !== name) add(plain, name);
    for (const [pattern, aliases] of GOOGLENET)
      if (pattern.test(plain)) for (const alias of aliases) add(plain.replace(pattern, alias), name);
  }
  for (const [scope, name] of scopes(layers)) add(scope.split('/').at(-1) ?? scope, name);
  return Object.fromEntries(
    Array.from(found).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** Operators that TensorFlow calls otherwise. */
const TENSORFLOW = ['Conv2D', 'BiasAdd', 'Relu6', 'add', 'concat'];

/** The name of an operator, at the end of a layer's name. */
const OPERATOR = new RegExp(`/(${[...Object.keys(traits), ...TENSORFLOW].join('|')})(_\\d+)?$`);

/** How many scopes lie within each other at most; real networks have some ten. */
const DEEPEST = 40;

/**
 * The scopes that names of PyTorch and TensorFlow have, with the last layer of each: `layer1/layer1.0/relu_1/Relu` ends what
 * its authors call `layer1.0`, and `model/block4_conv3/Relu` ends `block4_conv3`. Names without operators hold no scopes.
 */
function scopes(layers: readonly Named[]): Map<string, string> {
  const last = new Map<string, string>();
  if (layers.filter(({ name }) => OPERATOR.test(name)).length < layers.length / 2) return last;
  for (const { name } of layers) {
    const segments = name.split('/', DEEPEST).slice(0, -1);
    segments.forEach((_, i) => last.set(segments.slice(0, i + 1).join('/'), name));
  }
  return last;
}
