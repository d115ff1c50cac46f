/** Products of matrices, and what classifiers end in. */
import type { Name } from '../../../graph/graph.ts';
import { flagOf, type Operation } from '../operation.ts';
import { featureMap, given, plain, type Translate, type Translation, type Value } from '../translation.ts';

const product =
  (left: string, right: string): Translate =>
  (operation, [a, b], t) => {
    const inputs = [
      turned(operation, given(operation, a), left, t),
      turned(operation, given(operation, b), right, t),
    ];
    return [plain(t.emit(operation, 'MatMul', inputs))];
  };

/** A factor, with its last two axes exchanged where a flag says so. */
function turned(operation: Operation, value: Value, flag: string, t: Translation): Name {
  const name = t.asStored(value);
  if (!flagOf(operation, flag, false)) return name;
  const rank = t.rank(value) ?? 2;
  const perm = Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  return t.transpose(name, perm, 'transposed');
}

/** Over the last axis, which of a feature map is its channels. */
const overChannels =
  (kind: string): Translate =>
  (operation, [x], t) => {
    const source = given(operation, x);
    return source.channelsFirst
      ? [featureMap(t.emit(operation, kind, [source.name], { axis: 1 }))]
      : [plain(t.emit(operation, kind, [source.name], { axis: -1 }))];
  };

export const matrix: Readonly<Record<string, Translate>> = {
  MatMul: product('transpose_a', 'transpose_b'),
  BatchMatMul: product('adj_x', 'adj_y'),
  BatchMatMulV2: product('adj_x', 'adj_y'),
  Softmax: overChannels('Softmax'),
  LogSoftmax: overChannels('LogSoftmax'),
};
