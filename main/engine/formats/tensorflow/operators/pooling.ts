/** Poolings over windows. TensorFlow's averages leave padding out, and its maxima treat it as −∞, as ONNX's do. */
import { intsOf, unsupported } from '../operation.ts';
import { mapOf, padding, spatialOf } from '../image.ts';
import type { Translate } from '../translation.ts';

const pool =
  (kind: string): Translate =>
  (operation, [x], t) => {
    const map = mapOf(operation, x, t);
    const attributes = {
      kernel_shape: map.spatial(intsOf(operation, 'ksize'), 'ksize'),
      strides: spatialOf(operation, map, 'strides'),
      ...padding(operation),
    };
    if (kind === 'AveragePool' && 'pads' in attributes)
      throw unsupported(operation, 'has explicit padding; SAME and VALID are supported');
    return [map.result(t.emit(operation, kind, [map.name], attributes))];
  };

export const pooling: Readonly<Record<string, Translate>> = {
  MaxPool: pool('MaxPool'),
  AvgPool: pool('AveragePool'),

  /** The same with its window as inputs. */
  MaxPoolV2(operation, [x, ksize, strides], t) {
    const map = mapOf(operation, x, t);
    const attributes = {
      kernel_shape: map.spatial(t.numbersOf(operation, ksize, 'ksize'), 'ksize'),
      strides: map.spatial(t.numbersOf(operation, strides, 'strides'), 'strides'),
      ...padding(operation),
    };
    return [map.result(t.emit(operation, 'MaxPool', [map.name], attributes))];
  },
};
