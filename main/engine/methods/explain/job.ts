/** An explanation as a job: a picture in, a step for every pass through the network, maps and a sheet of them at the end. */
import type { RequestOf } from '../../../../shared/methods/request.ts';
import { resolve as resolvePath } from 'node:path';
import type { ExplainResult, MethodResult } from '../../../../shared/methods/explain.ts';
import type { ClassProbability } from '../../../../shared/contract/result.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import { attributions } from '../../../../shared/recipes/attributions.ts';
import { type ExplainSettings } from '../../../../shared/recipes/explain.ts';
import { measureDefinitions } from '../../../../shared/recipes/measures.ts';
import { type Recipe } from '../../../../shared/recipes/recipe.ts';
import { RECIPE_FORMAT } from '../../../../shared/recipes/recipe-form.ts';
import { summed } from '../../attribution/map.ts';
import { rankCorrelation } from '../../attribution/rank-correlation.ts';
import { decodeImage } from '../../imaging/codec.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import type { PictureShape } from '../../models/card.ts';
import type { Model } from '../../models/model.ts';
import { fitLonger } from '../../imaging/resample.ts';
import { classify } from '../common/classify.ts';
import { camLayer } from './layer.ts';
import { attendingOf } from './attention.ts';
import {
  attribute,
  needsAttention,
  needsLayer,
  occlusionOf,
  passesOf,
  type Finding,
  type Question,
} from './methods.ts';
import { planExplainers, saveExplainers } from './exported/save.ts';
import { checkOutputs, mapPicture, methodPaths, saveAll } from './output.ts';
import { measure, measurePasses, type Measured } from './measure.ts';
import { batchOf, ScoreProgram, type ScoreOfPictures } from './score-program.ts';
import { identify } from '../common/identify.ts';
import { notesOn, notesOnFile } from '../common/notes.ts';
import { frameOf } from '../common/preview.ts';
import { runJob, type Own, type Scope, type Told } from '../common/run-job.ts';
import { shuffled } from './shuffled.ts';
import { resolveObjective, type Term } from '../common/targets.ts';
import { viewOf } from '../common/view.ts';
import type { MethodContext } from '../common/context.ts';

/** Classes that a result lists. */
const TOP = 5;

/**
 * Pixels that one pass takes, of several pictures where they are small: five of 224 pixels, a fifth faster than one by one.
 * More would need more memory, and keep whoever cancels waiting.
 */
const PIXELS = 5 * 224 ** 2;

export async function* runExplain(
  context: MethodContext,
  request: RequestOf<'explain'>,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<ExplainResult>, void, undefined> {
  yield* runJob(context, (context, scope) => work(context, request, scope), signal);
}

async function* work(
  context: MethodContext,
  request: RequestOf<'explain'>,
  { signal }: Scope,
): AsyncGenerator<Told, Own<'explain'>, undefined> {
  const { model } = context;
  const { settings } = request;
  await checkOutputs(request);
  const { pixels, source } = await decodeImage(request.image, { signal });
  const shape = settings.size === null ? model.shape : fitLonger(model.shape, settings.size);
  const picture = viewOf(pixels, shape).apply(pixels);
  const classes = await classesOf(context, picture, settings.target !== null);
  const terms = await resolveObjective(model, settings.target ?? `class:${classes[0]?.index ?? 0}`);
  const score = scoreOf(terms, shape, settings.score, model);
  const value = await valueOf(context, score, picture);
  const looking = settings.method.find(needsLayer);
  const layer = looking && camLayer(model, shape, terms, settings.layer, attributions[looking].label);
  const question: Question = {
    score,
    picture,
    settings,
    layer,
    attending: settings.method.some(needsAttention) ? attendingOf(model, shape, terms) : undefined,
    batch: batchOf(context, score, Math.max(1, Math.floor(PIXELS / (shape.width * shape.height)))),
  };
  // What cannot be exported is refused before the work.
  const explainers = request.export === null ? [] : planExplainers(model, question);
  const measuring = settings.measure ? measurePasses(settings.method.length, question.batch) : 0;
  const steps = passesOf(question) * (settings.randomise ? 2 : 1) + measuring;
  yield {
    kind: 'started',
    steps,
    ...shape,
    notes: [...notesOnFile(source), ...notesOn(model)],
  };

  let findings: Finding[] = [];
  let unlearnt: Finding[] = [];
  let measured: Measured | undefined;
  async function* passes(): AsyncGenerator<void, void, undefined> {
    findings = yield* attribute(context, question);
    if (settings.randomise)
      unlearnt = yield* attribute({ ...context, model: shuffled(model, settings.seed) }, question);
    if (settings.measure) measured = yield* measure(context, question, findings);
  }
  for await (const _ of passes()) yield { kind: 'step', objective: value };

  const recipe = await recipeOf(context.model, request, pixels, question);
  const exported = methodPaths(request.export, settings.method);
  await saveExplainers(explainers, exported);
  const maps = findings.map((finding) => mapPicture(finding, settings.display));
  const raw = methodPaths(request.raw, settings.method);
  await saveAll(request, { picture, maps, findings, recipe });
  return {
    output: request.out === null ? null : resolvePath(request.out),
    recipe,
    classes,
    target: { text: textOf(terms), label: labelOf(terms), score: value },
    ...(request.pictures ? { view: frameOf(picture) } : {}),
    methods: findings.map((finding, i) => ({
      ...reportOf(finding),
      raw: raw[i] ?? null,
      exported: exported[i] ?? null,
      ...measured?.maps[i],
      ...(settings.randomise ? { randomised: likeness(finding, unlearnt[i]) } : {}),
      ...(request.pictures && maps[i] !== undefined ? { map: frameOf(maps[i]) } : {}),
    })),
    ...(measured === undefined ? {} : { dummies: measured.dummies, definitions: measureDefinitions }),
  };
}

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

const textOf = (terms: readonly Term[]): string =>
  terms.map(({ text, weight }) => (weight === 1 ? text : `${text}*${weight}`)).join(' ');

/** What people call the class, where a single one is explained. */
function labelOf([term, ...more]: readonly Term[]): string | null {
  return more.length === 0 && term?.selection.kind === 'class' ? term.selection.label : null;
}

/** The recipe, with everything that was automatic filled in. */
async function recipeOf(
  model: Model,
  { image, settings }: RequestOf<'explain'>,
  { width, height }: Pixels,
  question: Question,
): Promise<Recipe<'explain'>> {
  const { score, layer } = question;
  return {
    reverie: RECIPE_FORMAT,
    method: 'explain',
    model: model.identity,
    source: { ...(await identify(image)), width, height },
    settings: {
      ...settings,
      target: textOf(score.terms),
      size: Math.max(score.shape.width, score.shape.height),
      layer: layer?.name ?? null,
      ...occlusionSettings(question),
    },
  };
}

function occlusionSettings({ settings, picture }: Question) {
  if (!settings.method.includes('occlusion')) return {};
  const { size, stride } = occlusionOf(settings, picture);
  return { occlusionSize: size, occlusionStride: stride };
}

/** What is told of a finding beside its map. */
function reportOf({
  map: _map,
  display: _display,
  method,
  ...facts
}: Finding): Omit<MethodResult, 'raw' | 'exported'> {
  return { method, definition: attributions[method].definition, ...facts };
}

/** How alike two maps order the pixels by size. */
function likeness(a: Finding, b: Finding | undefined): number | null {
  return b === undefined ? null : rankCorrelation(summed(a.map, 'magnitude'), summed(b.map, 'magnitude'));
}
