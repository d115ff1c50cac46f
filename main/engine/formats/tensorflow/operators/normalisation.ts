/** Normalisations of feature maps, with the parameters of training frozen. */
import { float32 } from '../../../graph/tensor.ts';
import { flagOf, floatOf, intOf, unsupported } from '../operation.ts';
import { mapOf } from '../image.ts';
import { featureMap, given, type Translate } from '../translation.ts';

const batchNormalisation: Translate = (operation, [x, scale, offset, mean, variance], t) => {
  if (flagOf(operation, 'is_training', true))
    throw unsupported(
      operation,
      'normalises each batch by itself, as in training; export the graph for inference',
    );
  const map = mapOf(operation, x, t);
  const parameters = [scale, offset, mean, variance].map((value) => t.asStored(given(operation, value)));
  const epsilon = floatOf(operation, 'epsilon', 1e-4);
  return [map.result(t.emit(operation, 'BatchNormalization', [map.name, ...parameters], { epsilon }))];
};

export const normalisation: Readonly<Record<string, Translate>> = {
  FusedBatchNorm: batchNormalisation,
  FusedBatchNormV2: batchNormalisation,
  FusedBatchNormV3: batchNormalisation,

  /** The oldest form: mean, variance, offset, scale; the scale may be there without being used. */
  BatchNormWithGlobalNormalization(operation, [x, mean, variance, offset, scale], t) {
    const [channels = 0] = t.info(given(operation, mean).name)?.dims ?? [];
    const factor = flagOf(operation, 'scale_after_normalization', false)
      ? t.asStored(given(operation, scale))
      : t.constant(float32(new Float32Array(channels).fill(1)), `${operation.name}/scale`);
    const parameters = [offset, mean, variance].map((value) => t.asStored(given(operation, value)));
    const inputs = [t.channelsFirst(given(operation, x)), factor, ...parameters];
    const epsilon = floatOf(operation, 'variance_epsilon', 1e-3);
    return [featureMap(t.emit(operation, 'BatchNormalization', inputs, { epsilon }))];
  },

  /** Over the channels up to `depth_radius` away on either side; ONNX divides alpha by how many they are. */
  LRN(operation, [x], t) {
    const size = 2 * intOf(operation, 'depth_radius', 5) + 1;
    const attributes = {
      size,
      alpha: floatOf(operation, 'alpha', 1) * size,
      beta: floatOf(operation, 'beta', 0.5),
      bias: floatOf(operation, 'bias', 1),
    };
    return [featureMap(t.emit(operation, 'LRN', [t.channelsFirst(given(operation, x))], attributes))];
  },
};
