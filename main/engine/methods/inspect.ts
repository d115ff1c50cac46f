/** What a network is, for people who want to look inside. */
import type { ModelInfo } from '../../../shared/contract/models.ts';
import type { Model } from '../models/model.ts';
import { scoresOf } from './classify.ts';
import { defaultLayers } from './dream-terms.ts';

/** Number of classes a network tells apart, or null when it does not end in a vector. */
function classesOf(model: Model): number | null {
  const side = model.card.preprocessing.size;
  const layer = model.layers({ width: side, height: side }).find(({ tensor }) => tensor === scoresOf(model));
  return layer !== undefined && layer.width === 1 && layer.height === 1 ? layer.channels : null;
}

/**
 * @param size side in pixels of the square picture that the layers' sizes are given for; null for the network's own
 * @throws ReverieError `model/too-small-input`
 */
export function describeModel(model: Model, size: number | null): Omit<ModelInfo, 'model'> {
  const { preprocessing, labels } = model.card;
  const side = size ?? preprocessing.size;
  const layers = model.layers({ width: side, height: side });
  const order = model.channels === 1 ? 'grey' : preprocessing.channelOrder === 'RGB' ? 'rgb' : 'bgr';
  return {
    name: model.card.title ?? model.name,
    format: 'onnx',
    sha256: model.sha256,
    input: {
      name: model.inputName,
      channels: model.channels,
      width: preprocessing.size,
      height: preprocessing.size,
      free: model.free,
      order,
      mean: preprocessing.mean,
      scale: preprocessing.std.map((std) => 1 / std),
    },
    layers: layers.map(({ name, op, channels, width, height, parameters }) => ({
      name,
      op,
      channels,
      width,
      height,
      parameters,
    })),
    parameters: model.parameters,
    minSize: model.smallest(model.graph.outputs),
    classes: classesOf(model),
    labelled: labels !== undefined,
    dreamLayers: defaultLayers(model).map(({ layer }) => layer),
  };
}
