/** Resizing of feature maps: TensorFlow's three conventions of where pixels lie, in ONNX's words. */
import { flagOf } from '../operation.ts';
import { featureMap, given, type Translate } from '../translation.ts';

const resize =
  (mode: 'linear' | 'nearest'): Translate =>
  (operation, [x, size], t) => {
    const map = t.channelsFirst(given(operation, x));
    const sizes = t.step(operation, 'input-shape', 'Shape', [map]);
    const outer = t.step(operation, 'outer', 'Slice', [sizes, t.integers([0]), t.integers([2])]);
    const wanted = t.step(operation, 'sizes', 'Concat', [outer, t.asStored(given(operation, size))], {
      axis: 0,
    });
    const corners = flagOf(operation, 'align_corners', false);
    const half = flagOf(operation, 'half_pixel_centers', false);
    const attributes = {
      mode,
      coordinate_transformation_mode: corners ? 'align_corners' : half ? 'half_pixel' : 'asymmetric',
      // Without corners or half pixels, the pixel that begins before; else the nearest, halves away from the beginning.
      ...(mode === 'nearest' ? { nearest_mode: corners || half ? 'round_prefer_ceil' : 'floor' } : {}),
    };
    return [featureMap(t.emit(operation, 'Resize', [map, '', '', wanted], attributes))];
  };

export const resizing: Readonly<Record<string, Translate>> = {
  ResizeBilinear: resize('linear'),
  ResizeNearestNeighbor: resize('nearest'),
};
