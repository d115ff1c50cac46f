/** Exported explanations as files: the ONNX file, and beside it a card that tells what it is and how it is fed. */
import { ReverieError } from '../../../../../shared/errors.ts';
import { attributions, type Attribution } from '../../../../../shared/recipes/attributions.ts';
import { writeAtomically } from '../../../../files/whole-file.ts';
import { writeOnnx } from '../../../formats/onnx/write.ts';
import { OPSET, type Graph } from '../../../graph/graph.ts';
import type { Model } from '../../../models/model.ts';
import { classNames } from '../../common/classify.ts';
import { needsAttention, needsLayer, type Question } from '../methods.ts';
import { cardPath } from '../output.ts';
import { CLASS, explainerOf, FGSM, LOGITS, MAP, PICTURE, type Explainer } from './explainer.ts';
import type { Watched } from './maps.ts';
import { sha256 } from '../../../../files/sha256.ts';

/** What people must know of each tensor. */
const MEANINGS: Readonly<Record<string, string>> = {
  [PICTURE]: 'sRGB from 0 to 1, red, green, blue; what the network takes is made from it in the file',
  [CLASS]: 'the index of the class that is explained',
  noise: 'standard normal numbers; their deviation in the picture is set in the file',
  [LOGITS]: 'the scores of all classes, before softmax or sigmoid',
  [MAP]: 'the explanation, by its definition',
  [FGSM]: 'the sign of the gradient of the cross-entropy: picture + ε · fgsm is a step of FGSM',
};

/** An explainer, and what its card tells but for the hash of the file. */
interface Planned extends Explainer {
  readonly card: Readonly<Record<string, unknown>>;
}

/**
 * An explainer for each method of the settings, in their order.
 *
 * @throws ReverieError as {@link explainerOf}, and `usage/option` for a target that is no single class
 */
export function planExplainers(model: Model, question: Question): Planned[] {
  const [term, ...more] = question.score.terms;
  if (more.length > 0 || term?.selection.kind !== 'class' || term.weight !== 1) {
    throw new ReverieError(
      'usage/option',
      'An exported explanation takes the class as an input, so its target must be one class, or be left out.',
    );
  }
  return question.settings.method.map((method) => planned(model, method, question));
}

/** Writes explainers to files of these paths, each with its card. */
export async function saveExplainers(
  explainers: readonly Planned[],
  paths: readonly string[],
): Promise<void> {
  for (const [i, path] of paths.entries()) {
    const explainer = explainers[i];
    if (explainer === undefined) continue;
    const bytes = writeOnnx(explainer.graph, explainer);
    const card = { ...explainer.card, sha256: sha256(bytes) };
    await writeAtomically(path, bytes);
    await writeAtomically(cardPath(path), Buffer.from(`${JSON.stringify(card, null, 2)}\n`));
  }
}

function planned(
  model: Model,
  method: Attribution,
  { settings, score, layer, attending }: Question,
): Planned {
  const { scale, shape } = score;
  const looksAt = needsLayer(method) ? layer : undefined;
  const watched: Watched = {
    ...(looksAt === undefined ? {} : { layer: looksAt.tensor }),
    ...(needsAttention(method) && attending !== undefined ? { attending } : {}),
  };
  const explainer = explainerOf(model, { method, settings, scale, shape, watched });
  const { graph, shapes } = explainer;
  const { label, definition } = attributions[method];
  const card = {
    explains: { ...model.identity, classes: model.classes, labels: classNames(model) ?? null },
    method,
    title: label,
    definition,
    score: settings.score,
    ...(looksAt === undefined ? {} : { layer: looksAt.name }),
    ...settingsOf(method, settings),
    inputs: graph.inputs.map(({ name, type, dims }) => ({
      name,
      type,
      shape: dims,
      meaning: MEANINGS[name],
    })),
    outputs: Array.from(shapes, ([name, shape]) => ({
      name,
      type: 'float32',
      shape,
      meaning: MEANINGS[name],
    })),
    preprocessing: model.card.preprocessing,
    opset: OPSET,
    operators: operatorsOf(graph),
  };
  return { ...explainer, card };
}

/** The settings that are written into the graph of a method. */
function settingsOf(method: Attribution, { nodes, baseline, samples, noise, squares }: Question['settings']) {
  if (method === 'integrated-gradients') return { nodes, baseline };
  return method === 'smoothgrad' ? { samples, noise, squares } : {};
}

const operatorsOf = ({ nodes }: Graph): string[] => [...new Set(nodes.map(({ op }) => op))].sort();
