/** An explanation as a job: a picture in, a step for every pass through the network, maps and a sheet of them at the end. */
import type { RequestOf } from '../../../../shared/methods/request.ts';
import { resolve as resolvePath } from 'node:path';
import type { ExplainResult, MethodResult } from '../../../../shared/methods/explain.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import { attributions } from '../../../../shared/recipes/attributions.ts';
import { measureDefinitions } from '../../../../shared/recipes/measures.ts';
import { type Recipe } from '../../../../shared/recipes/recipe.ts';
import { RECIPE_FORMAT } from '../../../../shared/recipes/recipe-form.ts';
import { summed } from '../../attribution/map.ts';
import { rankCorrelation } from '../../attribution/rank-correlation.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import type { Model } from '../../models/model.ts';
import { attribute, occlusionOf, passesOf, type Finding, type Question } from './methods.ts';
import { planExplainers, saveExplainers } from './exported/save.ts';
import { checkOutputs, mapPicture, methodPaths, saveAll } from './output.ts';
import { measure, measurePasses, type Measured } from './measure.ts';
import { identify } from '../common/identify.ts';
import { notesOn, notesOnFile } from '../common/notes.ts';
import { frameOf } from '../common/preview.ts';
import { runJob, type Own, type Scope, type Told } from '../common/run-job.ts';
import { ask, targetOf, textOf } from './question.ts';
import { shuffled } from './shuffled.ts';
import type { MethodContext } from '../common/context.ts';

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
  const asked = await ask(context, request.image, settings, signal);
  const { pixels, source, classes, question, value } = asked;
  // What cannot be exported is refused before the work.
  const explainers = request.export === null ? [] : planExplainers(model, question);
  const measuring = settings.measure ? measurePasses(settings.method.length, question.batch) : 0;
  const steps = passesOf(question) * (settings.randomise ? 2 : 1) + measuring;
  yield {
    kind: 'started',
    steps,
    ...question.score.shape,
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
  await saveAll(request, { picture: question.picture, maps, findings, recipe });
  return {
    output: request.out === null ? null : resolvePath(request.out),
    recipe,
    classes,
    target: targetOf(asked),
    ...(request.pictures ? { view: frameOf(question.picture) } : {}),
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
