/** What is asked of a network about one picture: what it sees there, and what of it is to be explained. */
import type { ClassProbability } from '../../../../shared/contract/result.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import type { ExplainResult } from '../../../../shared/methods/explain.ts';
import { attributions } from '../../../../shared/recipes/attributions.ts';
import type { ExplainSettings } from '../../../../shared/recipes/explain.ts';
import { decodeImage } from '../../imaging/codec.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import { fitLonger } from '../../imaging/resample.ts';
import type { PictureShape } from '../../models/card.ts';
import type { Model } from '../../models/model.ts';
import { classify } from '../common/classify.ts';
import type { MethodContext } from '../common/context.ts';
import { resolveObjective, type Term } from '../common/targets.ts';
import { viewOf } from '../common/view.ts';
import { attendingOf } from './attention.ts';
import { camLayer } from './layer.ts';
import { needsAttention, needsLayer, type Question } from './methods.ts';
import { batchOf, ScoreProgram, type ScoreOfPictures } from './score-program.ts';

/** Classes that a result lists. */
const TOP = 5;

/**
 * Pixels that one pass takes, of several pictures where they are small: five of 224 pixels, a fifth faster than one by one.
 * More would need more memory, and keep whoever cancels waiting.
 */
const PIXELS = 5 * 224 ** 2;

export interface Asked {
  readonly question: Question;
  /** The likeliest classes of what the network sees; none for a network that is no classifier. */
  readonly classes: readonly ClassProbability[];
  /** The score of the picture. */
  readonly value: number;
  /** The whole picture, of which the network sees the part in the question. */
  readonly pixels: Pixels;
  readonly source: Awaited<ReturnType<typeof decodeImage>>['source'];
}

/** @throws ReverieError as {@link decodeImage}, `model/unsupported`, `usage/option` */
export async function ask(
  context: MethodContext,
  image: string,
  settings: ExplainSettings,
  signal: AbortSignal | undefined,
): Promise<Asked> {
  const { model } = context;
  const { pixels, source } = await decodeImage(image, { signal });
  const shape = settings.size === null ? model.shape : fitLonger(model.shape, settings.size);
  const picture = viewOf(pixels, shape).apply(pixels);
  const classes = await classesOf(context, picture, settings.target !== null);
  const terms = await resolveObjective(model, settings.target ?? `class:${classes[0]?.index ?? 0}`);
  const score = scoreOf(terms, shape, settings.score, model);
  const value = await valueOf(context, score, picture);
  const looking = settings.method.find(needsLayer);
  const question: Question = {
    score,
    picture,
    settings,
    layer: looking && camLayer(model, shape, terms, settings.layer, attributions[looking].label),
    attending: settings.method.some(needsAttention) ? attendingOf(model, shape, terms) : undefined,
    batch: batchOf(context, score, Math.max(1, Math.floor(PIXELS / (shape.width * shape.height)))),
  };
  return { question, classes, value, pixels, source };
}

/** What was explained, in the network's own names, and how much of it there is in the picture. */
export const targetOf = ({ question: { score }, value }: Asked): ExplainResult['target'] => ({
  text: textOf(score.terms),
  label: labelOf(score.terms),
  score: value,
});

/**
 * The likeliest classes of what the network sees; none for a network that is no classifier.
 *
 * @throws ReverieError `model/unsupported` for such a network when no target is named
 */
async function classesOf(
  context: MethodContext,
  picture: Pixels,
  named: boolean,
): Promise<ClassProbability[]> {
  try {
    return await classify(context, picture, TOP, picture);
  } catch (error) {
    if (!(error instanceof ReverieError) || error.code !== 'model/unsupported') throw error;
    if (named) return [];
    throw new ReverieError(
      'model/unsupported',
      `"${context.model.name}" is no classifier, so there is no likeliest class to explain; name a target such as layer:<name>.`,
    );
  }
}

/** @throws ReverieError `usage/option` for the log-probability of what is no class */
function scoreOf(
  terms: readonly Term[],
  shape: PictureShape,
  scale: ExplainSettings['score'],
  { answer }: Model,
): ScoreOfPictures {
  const other = terms.find(({ selection }) => selection.kind !== 'class');
  if (scale === 'log-probability' && other !== undefined) {
    throw new ReverieError(
      'usage/option',
      `Only a class has a log-probability, and "${other.text}" is none; leave --score at "logit".`,
    );
  }
  const alone = scale === 'log-probability' && answer.kind === 'sigmoid';
  return { terms, shape, scale: alone ? 'log-sigmoid' : scale };
}

async function valueOf(context: MethodContext, score: ScoreOfPictures, { data }: Pixels): Promise<number> {
  const program = await ScoreProgram.lease(context, score, { gradient: 'none', batch: 1 });
  try {
    const [value = NaN] = await program.values([data]);
    return value;
  } finally {
    await program.release();
  }
}

export const textOf = (terms: readonly Term[]): string =>
  terms.map(({ text, weight }) => (weight === 1 ? text : `${text}*${weight}`)).join(' ');

/** What people call the class, where a single one is explained. */
function labelOf([term, ...more]: readonly Term[]): string | null {
  return more.length === 0 && term?.selection.kind === 'class' ? term.selection.label : null;
}
