/**
 * An explanation as a network of its own, which any ONNX runtime computes: a picture and a class in, the network's scores and the map
 * out. Preprocessing and gradient are part of the graph, in standard operators.
 */
import { ReverieError } from '../../../../../shared/errors.ts';
import { attributions, type Attribution } from '../../../../../shared/recipes/attributions.ts';
import type { ExplainSettings } from '../../../../../shared/recipes/explain.ts';
import { appendScore, type ClassScale } from '../../../attribution/score.ts';
import { gradients } from '../../../gradient/backward.ts';
import { portable } from '../../../gradient/forms.ts';
import { countGates } from '../../../gradient/overrides.ts';
import type { Builder } from '../../../graph/builder.ts';
import { pruneNodes, type Graph, type Name } from '../../../graph/graph.ts';
import type { PictureShape } from '../../../models/card.ts';
import { IMAGE, type Model } from '../../../models/model.ts';
import { scoresOf } from '../../common/classify.ts';
import { OVERRIDES, withoutGates, type GateRule } from '../score-program.ts';
import { exportedMaps, NOISE, type Traced, type Watched } from './maps.ts';

/** What is exported. */
export interface ExplainerOptions {
  readonly method: Attribution;
  readonly settings: ExplainSettings;
  readonly scale: ClassScale;
  readonly shape: PictureShape;
  readonly watched: Watched;
}

export interface Explainer {
  readonly graph: Graph;
  /** Of its outputs. */
  readonly shapes: ReadonlyMap<Name, readonly number[]>;
}

/** What its tensors are called in the file. */
export const PICTURE = 'picture';
export const CLASS = 'class';
export const LOGITS = 'logits';
export const MAP = 'map';
/** With the gradient of a log-probability: the sign of the gradient of the cross-entropy, which a step of FGSM goes along. */
export const FGSM = 'fgsm';

const NAMES: ReadonlyMap<Name, Name> = new Map([
  ['~picture', PICTURE],
  ['~class', CLASS],
  ['~logits', LOGITS],
  ['~map', MAP],
  ['~fgsm', FGSM],
  [NOISE, 'noise'],
]);

/**
 * The graph of an explainer. Inputs: `picture` [1, 3, H, W], sRGB in [0, 1]; `class` int64 [1]; for SmoothGrad `noise` [samples, 3, H, W],
 * standard normal. Outputs: `logits`, the scores of all classes; `map` [1, 3, H, W], or [1, 1, H, W] where colours are not told apart;
 * for the gradient of a log-probability `fgsm` [1, 3, H, W].
 *
 * @throws ReverieError `model/unsupported` for a network without classes, without gates, or for single pictures where a method needs
 * several at once; `usage/option` for a method that is no graph; `gradient/no-rule`
 */
export function explainerOf(model: Model, options: ExplainerOptions): Explainer {
  const { method, settings, scale, shape } = options;
  const form = exportedMaps[method];
  if (typeof form === 'string') {
    const { label } = attributions[method];
    throw new ReverieError('usage/option', `${label} cannot be exported: ${form}.`);
  }
  const more = form.points?.count(settings) ?? 0;
  const { g, logits } = networkOf(model, options, 1 + more);
  const one = g.input('~picture', [1, 3, shape.height, shape.width]);
  const points =
    form.points === undefined ? one : g.concat([one, form.points.append(g, one, settings, shape)], 0);
  const asked = g.input('~class', [1], 'int64');
  const term = { tensor: logits, weight: 1, selection: { kind: 'asked class', index: asked } } as const;
  const traced = trace(g, model, { ...options, picture: one, score: appendScore(g, [term], scale) });
  const outputs = new Map<Name, Name>([
    ['~logits', more === 0 ? logits : g.slice(logits, [0], [0], [1])],
    ['~map', form.append(traced, settings)],
  ]);
  if (method === 'gradient' && scale !== 'logit')
    outputs.set('~fgsm', g.unary('Sign', g.neg(traced.gradient('true'))));
  const graph = g.finish([...outputs.values(), points]);
  return {
    graph: withNames(withPoints(withOutputs(graph, outputs), points)),
    shapes: new Map(Array.from(outputs, ([name, tensor]) => [NAMES.get(name) ?? name, g.dims(tensor)])),
  };
}

/** The network up to its scores, for some pictures at once. */
function networkOf(
  model: Model,
  { method, shape, watched }: ExplainerOptions,
  batch: number,
): { g: Builder; logits: Name } {
  const logits = scoresOf(model);
  const g = model.build({ batch, ...shape }, [logits, ...tensorsOf(watched)]);
  if (g.dim(logits, 0) === batch) return { g, logits };
  throw new ReverieError(
    'model/unsupported',
    `"${model.name}" was exported for single pictures, and ${attributions[method].label} takes ${batch} at once; export another method.`,
  );
}

const tensorsOf = ({ layer, attending }: Watched): Name[] => [
  ...(layer === undefined ? [] : [layer]),
  ...(attending?.attentions ?? []).map(({ tensor }) => tensor),
];

function trace(
  g: Builder,
  model: Model,
  { shape, watched, picture, score }: ExplainerOptions & { picture: Name; score: Name },
): Traced {
  const gates = countGates(g);
  const sources = [IMAGE, ...tensorsOf(watched)];
  const made = new Map<GateRule, readonly (Name | null)[]>();
  const gradientOf = (source: Name, rule: GateRule): Name => {
    if (rule !== 'true' && gates === 0) throw withoutGates(model, rule);
    // Points do not see each other, so the gradient of the sum is that of each.
    const all = made.get(rule) ?? gradients(g, g.total(score), sources, { ...portable, ...OVERRIDES[rule] });
    made.set(rule, all);
    const found = all[sources.indexOf(source)];
    if (found !== null && found !== undefined) return found;
    throw new ReverieError('layer/unusable', `The scores do not depend on "${source}".`);
  };
  return {
    g,
    picture,
    shape,
    watched,
    gradient: (rule) => gradientOf(IMAGE, rule),
    slope: (tensor) => gradientOf(tensor, 'true'),
  };
}

/** The graph giving some of its tensors by other names, which none of it has yet. */
function withOutputs(graph: Graph, outputs: ReadonlyMap<Name, Name>): Graph {
  const own = [...outputs].map(([name, tensor]) => ({
    op: 'Identity',
    name,
    inputs: [tensor],
    outputs: [name],
    attributes: {},
  }));
  return { ...graph, nodes: [...graph.nodes, ...own], outputs: [...outputs.keys()] };
}

/** The graph with the network's pictures computed in it, and no longer an input. */
function withPoints(graph: Graph, points: Name): Graph {
  const first = new Set(pruneNodes(graph.nodes, [points]));
  const nodes = [...first, ...graph.nodes.filter((node) => !first.has(node))];
  const inputs = graph.inputs.filter(({ name }) => name !== IMAGE);
  return renamed({ ...graph, inputs, nodes }, (name) => (name === IMAGE ? points : name));
}

/** The graph with our tensors by the names of the file; those of the network that are called so already get others. */
function withNames(graph: Graph): Graph {
  const taken = new Set(NAMES.values());
  return renamed(graph, (name) => NAMES.get(name) ?? (taken.has(name) ? `~network/${name}` : name));
}

function renamed(graph: Graph, of: (name: Name) => Name): Graph {
  return {
    ...graph,
    inputs: graph.inputs.map((input) => ({ ...input, name: of(input.name) })),
    outputs: graph.outputs.map(of),
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(of),
      outputs: node.outputs.map(of),
    })),
    constants: new Map(Array.from(graph.constants, ([name, tensor]) => [of(name), tensor])),
  };
}
