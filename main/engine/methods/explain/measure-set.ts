/** Measures of explanations over many photos, as a job: a step for every pass through the network, a table and a report at the end. */
import { resolve as resolvePath } from 'node:path';
import { unlessCancelled } from '../../../../shared/cancellation.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import type { Measures, MeasuredPhoto, MeasureSetResult } from '../../../../shared/methods/measure-set.ts';
import type { RequestOf } from '../../../../shared/methods/request.ts';
import { attributions } from '../../../../shared/recipes/attributions.ts';
import type { ExplainSettings } from '../../../../shared/recipes/explain.ts';
import { dummies, measureDefinitions, type Dummy } from '../../../../shared/recipes/measures.ts';
import { averageOf, surelyBetter } from '../../attribution/measures/averages.ts';
import { verdictOf } from '../../attribution/measures/verdict.ts';
import { mapSteps } from '../../attack/steps.ts';
import type { MethodContext } from '../common/context.ts';
import { notesOn } from '../common/notes.ts';
import { listPictures } from '../common/picture-list.ts';
import { readableOf } from '../common/readable.ts';
import { runJob, type Own, type Scope, type Told } from '../common/run-job.ts';
import { checkReport, type Html } from '../report/page.ts';
import { measure, measurePasses, secondsOfPass, type Measured } from './measure.ts';
import { photoFigures, writeMeasureReport } from './measure-report.ts';
import { attribute, passesOf, type Finding } from './methods.ts';
import { ask, targetOf, type Asked } from './question.ts';

export async function* runMeasureSet(
  context: MethodContext,
  request: RequestOf<'measureSet'>,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<MeasureSetResult>, void, undefined> {
  yield* runJob(context, (context, scope) => work(context, request, scope), signal);
}

async function* work(
  context: MethodContext,
  { images, settings, report }: RequestOf<'measureSet'>,
  { signal }: Scope,
): AsyncGenerator<Told, Own<'measureSet'>, undefined> {
  await checkReport(report);
  const listed = await unlessCancelled(listPictures(images), signal);
  const paths = listed.map(({ path }) => path);
  // Then the number of steps is known.
  const { readable, failed } = await readableOf(paths, signal);
  const [first = ''] = readable;
  const sample = await ask(context, first, settings, signal);
  const { question } = sample;
  const each = passesOf(question) + measurePasses(settings.method.length, question.batch);
  const steps = readable.length * each;
  const seconds = steps * (await secondsOfPass(context, question));
  const notes = [costNote(readable.length, each * question.batch, seconds), ...notesOn(context.model)];
  yield { kind: 'started', steps, ...question.score.shape, notes };

  const photos: MeasuredPhoto[] = [];
  const figures: Html[] = [];
  for (const [n, image] of readable.entries()) {
    const asked = n === 0 ? sample : await ask(context, image, settings, signal);
    const { findings, measured } = yield* measuring(context, asked);
    photos.push(photoOf(image, asked, findings, measured));
    if (report !== null) figures.push(await photoFigures(image, asked, findings, measured));
  }
  const result = {
    settings,
    photos,
    failed,
    ...averaged(photos, settings),
    definitions: measureDefinitions,
    notes,
  };
  if (report !== null) await writeMeasureReport(report, context, result, figures);
  return { ...result, report: report === null ? null : resolvePath(report) };
}

/** All passes of one photo. */
async function* measuring(
  context: MethodContext,
  { question, value }: Asked,
): AsyncGenerator<Told, { findings: Finding[]; measured: Measured }, undefined> {
  async function* passes() {
    const findings = yield* attribute(context, question);
    return { findings, measured: yield* measure(context, question, findings) };
  }
  return yield* mapSteps(passes(), (_, ms): Told => ({ kind: 'step', objective: value, ms }));
}

function photoOf(
  image: string,
  asked: Asked,
  findings: readonly Finding[],
  measured: Measured,
): MeasuredPhoto {
  return {
    image,
    target: targetOf(asked),
    methods: findings.map(({ method }, i) => ({
      method,
      measures: (measured.maps[i] as { measures: Measures }).measures,
    })),
    dummies: measured.dummies.map(({ dummy, measures }) => ({ dummy, measures })),
  };
}

/** The table: every method beside the dummies, and what that comes to. */
function averaged(
  photos: readonly MeasuredPhoto[],
  { method: methods, seed }: ExplainSettings,
): Pick<MeasureSetResult, 'methods' | 'dummies'> {
  const names = Object.keys(dummies) as Dummy[];
  const ofDummy = (dummy: Dummy): Measures[] =>
    photos.flatMap((photo) =>
      photo.dummies.filter((each) => each.dummy === dummy).map(({ measures }) => measures),
    );
  return {
    methods: methods.map((method) => {
      const own = photos.flatMap((photo) =>
        photo.methods.filter((each) => each.method === method).map(({ measures }) => measures),
      );
      const wins = { random: 0, edges: 0, centre: 0 };
      for (const dummy of names) wins[dummy] = surelyBetter(own, ofDummy(dummy), seed);
      const { definition } = attributions[method];
      const verdict = verdictOf(wins, 'in this network');
      return { method, definition, means: averageOf(own, seed), verdict };
    }),
    dummies: names.map((dummy) => {
      const { definition } = dummies[dummy];
      return { dummy, definition, means: averageOf(ofDummy(dummy), seed) };
    }),
  };
}

/** What it will take, at the pace of a pass over the first photo. @param views pictures that the network sees of each photo */
function costNote(photos: number, views: number, seconds: number): string {
  const time = seconds < 90 ? `${Math.ceil(seconds)} seconds` : `${Math.ceil(seconds / 60)} minutes`;
  return `The network is shown ${photos === 1 ? 'one photo' : `each of ${photos} photos`} in about ${views} variants, which takes about ${time} at the pace of the first.`;
}
