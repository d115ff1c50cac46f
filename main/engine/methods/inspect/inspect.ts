/** What a network is, for people who want to look inside. */
import type {
  LayerInfo,
  ModelInfo,
  ModelInput,
  OperatorWithoutGradient,
} from '../../../../shared/contract/models.ts';
import { FLAT } from '../../gradient/rule.ts';
import { rules } from '../../gradient/rules.ts';
import { dependents, type Graph, type Info, type Name } from '../../graph/graph.ts';
import { traitsOf } from '../../graph/traits.ts';
import type { PictureShape } from '../../models/card.ts';
import { shortName } from '../../models/installed/library.ts';
import type { Layer } from '../../models/layers.ts';
import type { Model } from '../../models/model.ts';
import { classesIn } from '../../models/scores.ts';
import { receptiveFields } from '../../models/receptive-field.ts';
import { layerInputs } from '../../models/structure.ts';
import { defaultLayers } from '../dream/terms.ts';

/** How a network takes pictures. */
export function inputOf(model: Model): ModelInput {
  const { layout, channelOrder, mean, std } = model.card.preprocessing;
  return {
    name: model.inputName,
    channels: model.channels,
    ...model.shape,
    free: model.free,
    layout,
    order: model.channels === 1 ? 'grey' : channelOrder === 'RGB' ? 'rgb' : 'bgr',
    mean,
    scale: std.map((value) => 1 / value),
  };
}

/**
 * @param size side in pixels of the square picture that the layers' sizes are given for; null for the network's own
 * @throws ReverieError `model/too-small-input`
 */
export function describeModel(model: Model, size: number | null): Omit<ModelInfo, 'model'> {
  const { card } = model;
  const shape = size === null ? model.shape : { width: size, height: size };
  const layers = model.layers(shape);
  const { graph, infos } = model.specialised(shape);
  return {
    name: card.title ?? model.name,
    format: model.format,
    sha256: model.sha256,
    card: {
      short: shortName(card, model.name),
      certainty: card.certainty,
      why: card.why,
      source: card.source,
      licence: card.licence,
      labels: card.labelsName,
    },
    input: inputOf(model),
    layers: describeLayers(model, layers, shape),
    parameters: model.parameters,
    minSize: model.smallest(model.graph.outputs),
    classes: model.classes,
    answers: model.answer.kind,
    output: model.answer.output,
    outputs: model.answers.map((answer) => ({
      name: answer.output,
      shape: model.outputShape(answer.output),
      answers: answer.kind,
      classes: classesIn(answer),
    })),
    labelled: card.labels !== undefined,
    dreamLayers: defaultLayers(model).map(({ layer }) => layer),
    gated: graph.nodes.some(({ op }) => traitsOf(op)?.gate === true),
    withoutGradient: withoutGradient(graph, infos, layers),
    unsupported: Array.from(model.unsupported, ([operator, nodes]) => ({ operator, nodes })),
  };
}

function describeLayers(model: Model, layers: readonly Layer[], shape: PictureShape): LayerInfo[] {
  const fields = receptiveFields(model.graph, model.infos(shape), model.card.preprocessing.layout);
  const inputs = layerInputs(model.graph, layers);
  return layers.map((layer, i) => {
    const { name, aliases, op, role, channels, width, height, axes, parameters } = layer;
    const field = fields.get(layer.tensor);
    return {
      ...{ name, aliases, op, role, channels, width, height, axes, parameters },
      receptiveField: field?.size ?? null,
      stride: field?.stride ?? null,
      inputs: inputs[i] ?? [],
    };
  });
}

/** Operators between the picture and the outputs that no gradient passes, with the layers, or nodes, that use them. */
function withoutGradient(
  graph: Graph,
  infos: ReadonlyMap<Name, Info>,
  layers: readonly Layer[],
): OperatorWithoutGradient[] {
  const called = new Map(layers.map(({ tensor, name }) => [tensor, name]));
  const seeing = dependents(
    graph.nodes,
    graph.inputs.map(({ name }) => name),
  );
  const found = new Map<string, string[]>();
  for (const node of graph.nodes) {
    if (!node.inputs.some((name) => seeing.has(name))) continue;
    const [output = ''] = node.outputs;
    const rule = Object.hasOwn(rules, node.op) ? rules[node.op] : undefined;
    // What is no real number (shapes, places, decisions) has no gradient, and needs none.
    if (rule !== undefined && rule !== FLAT) continue;
    if (infos.get(output)?.type !== 'float32') continue;
    found.set(node.op, [...(found.get(node.op) ?? []), called.get(output) ?? node.name]);
  }
  return Array.from(found, ([operator, users]) => ({ operator, layers: users }));
}
