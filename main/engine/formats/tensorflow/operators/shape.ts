/** Operators that rearrange elements, and facts about shapes. What mixes axes works on TensorFlow's order of them. */
import { mapOf } from '../image.ts';
import { intOf, intsOf, type Operation } from '../operation.ts';
import { featureMap, given, plain, type Translate, type Translation, type Value } from '../translation.ts';

export const shape: Readonly<Record<string, Translate>> = {
  /** The sizes in TensorFlow's order. */
  Shape(operation, [x], t) {
    const source = given(operation, x);
    if (!source.channelsFirst) return [plain(t.emit(operation, 'Shape', [source.name]))];
    const sizes = t.step(operation, 'channels-first', 'Shape', [source.name]);
    return [plain(t.emit(operation, 'Gather', [sizes, t.integers([0, 2, 3, 1])], { axis: 0 }))];
  },

  Size: (operation, [x], t) => [plain(t.emit(operation, 'Size', [given(operation, x).name]))],

  Rank(operation, [x], t) {
    const sizes = t.step(operation, 'shape', 'Shape', [given(operation, x).name]);
    return [plain(t.emit(operation, 'Size', [sizes]))];
  },

  Reshape(operation, [x, dims], t) {
    const inputs = [t.asStored(given(operation, x)), t.asStored(given(operation, dims))];
    return [plain(t.emit(operation, 'Reshape', inputs))];
  },

  Squeeze(operation, [x], t) {
    const source = given(operation, x);
    const axes = intsOf(operation, 'squeeze_dims');
    // Without both spatial axes, batch and channels are in the same order either way.
    if (source.channelsFirst && sameAxes(axes, [1, 2]))
      return [plain(t.emit(operation, 'Squeeze', [source.name, t.integers([2, 3])]))];
    const inputs = [t.asStored(source), ...(axes.length > 0 ? [t.integers(axes)] : [])];
    return [plain(t.emit(operation, 'Squeeze', inputs))];
  },

  ExpandDims(operation, [x, axis], t) {
    const axes = t.integers(t.numbersOf(operation, axis, 'axis'));
    return [plain(t.emit(operation, 'Unsqueeze', [t.asStored(given(operation, x)), axes]))];
  },

  /** Between the two layouts of feature maps nothing moves: only what is said about the tensor changes. */
  Transpose(operation, [x, order], t) {
    const source = given(operation, x);
    const perm = t.numbersOf(operation, order, 'perm');
    if (source.channelsFirst && perm.join() === '0,3,1,2') return [plain(source.name)];
    if (!source.channelsFirst && perm.join() === '0,2,3,1') return [featureMap(source.name)];
    return [plain(t.emit(operation, 'Transpose', [t.asStored(source)], { perm }))];
  },

  Tile(operation, [x, multiples], t) {
    const inputs = [t.asStored(given(operation, x)), t.asStored(given(operation, multiples))];
    return [plain(t.emit(operation, 'Tile', inputs))];
  },

  Fill(operation, [dims, value], t) {
    const inputs = [t.asStored(given(operation, value)), t.asStored(given(operation, dims))];
    return [plain(t.emit(operation, 'Expand', inputs))];
  },

  BroadcastTo(operation, [x, dims], t) {
    const inputs = [t.asStored(given(operation, x)), t.asStored(given(operation, dims))];
    return [plain(t.emit(operation, 'Expand', inputs))];
  },

  Range(operation, inputs, t) {
    const names = inputs.map((value) => t.asStored(value));
    return [plain(t.emit(operation, 'Range', names))];
  },

  // Both name channels by block, then by channel, whichever axis they are.
  DepthToSpace: blocks,
  SpaceToDepth: blocks,
};

function blocks(operation: Operation, [x]: readonly Value[], t: Translation): readonly Value[] {
  const map = mapOf(operation, x, t);
  const blocksize = intOf(operation, 'block_size', 2);
  return [map.result(t.emit(operation, operation.op, [map.name], { blocksize }))];
}

/** Whether some axes of four, perhaps counted from the end, are `wanted`. */
function sameAxes(axes: readonly number[], wanted: readonly number[]): boolean {
  return (
    axes
      .map((axis) => (axis < 0 ? axis + 4 : axis))
      .sort((a, b) => a - b)
      .join() === wanted.join()
  );
}
