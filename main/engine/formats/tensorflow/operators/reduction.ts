/** Sums and the like over axes. */
import { flagOf } from '../operation.ts';
import { axisOfMap, featureMap, given, plain, type Translate } from '../translation.ts';

const reduce =
  (kind: string): Translate =>
  (operation, [x, indices], t) => {
    const source = given(operation, x);
    const axes = t.numbersOf(operation, indices, 'axes');
    if (axes.length === 0) return [source];
    const keep = flagOf(operation, 'keep_dims', false);
    const attributes = { keepdims: keep ? 1 : 0 };
    if (source.channelsFirst) {
      const moved = axes.map(axisOfMap);
      const left = [0, 1, 2, 3].map(axisOfMap).filter((axis) => !moved.includes(axis));
      // What is left has the same order either way, unless channels stay beside height or width.
      const inOrder = left.every((axis, i) => i === 0 || axis > (left[i - 1] ?? 0));
      if (keep || inOrder) {
        const name = t.emit(operation, kind, [source.name, t.integers(moved)], attributes);
        return [keep ? featureMap(name) : plain(name)];
      }
    }
    return [plain(t.emit(operation, kind, [t.asStored(source), t.integers(axes)], attributes))];
  };

export const reduction: Readonly<Record<string, Translate>> = {
  Mean: reduce('ReduceMean'),
  Sum: reduce('ReduceSum'),
  Max: reduce('ReduceMax'),
  Min: reduce('ReduceMin'),
  Prod: reduce('ReduceProd'),
};
