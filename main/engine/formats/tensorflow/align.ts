/** Tensors that are stretched over each other, brought to one order of axes. */
import type { Name } from '../../graph/graph.ts';
import { damaged, type Operation } from './operation.ts';
import { featureMap, plain, type Translation, type Value } from './translation.ts';

interface Aligned {
  readonly names: readonly Name[];
  /** What a tensor of their common order of axes is. */
  readonly result: (name: Name) => Value;
}

/** The values with channels first if one of them is a feature map that is held so, else as TensorFlow has them. */
export function aligned(operation: Operation, values: readonly Value[], t: Translation): Aligned {
  if (values.length === 0) throw damaged(operation, 'has no input');
  const stretchable = values.every((value) => (t.rank(value) ?? 5) <= 4);
  if (!stretchable || !values.some(({ channelsFirst }) => channelsFirst))
    return { names: values.map((value) => t.asStored(value)), result: plain };
  return { names: values.map((value) => stretched(value, t)), result: featureMap };
}

/** NumPy's rule aligns the last axes: what has fewer than four is given leading ones before its channels move. */
function stretched(value: Value, t: Translation): Name {
  const dims = t.info(value.name)?.dims ?? [];
  const [channels = 1] = dims;
  const known = t.constantOf(value) !== undefined;
  switch (t.rank(value)) {
    case 0:
      return value.name;
    case 1:
      return known
        ? t.reshape(value.name, [channels, 1, 1], 'column')
        : t.unsqueeze(value.name, [1, 2], 'column');
    case 4:
      return t.channelsFirst(value);
    default: {
      const missing = Array.from({ length: 4 - dims.length }, (_, i) => i);
      const four = known
        ? t.reshape(value.name, [...missing.map(() => 1), ...dims], 'map')
        : t.unsqueeze(value.name, missing, 'map');
      return t.channelsFirst(plain(four));
    }
  }
}
