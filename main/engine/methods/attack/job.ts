/** An attack as a job: a picture in, steps and previews out, and at the end a file that was read back before anything is claimed. */
import { basename, resolve as resolvePath } from 'node:path';
import { isBlackBox } from '../../../../shared/attacks/registry.ts';
import type { AttackResult } from '../../../../shared/methods/attack.ts';
import type { RequestOf } from '../../../../shared/methods/request.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import { isLossy } from '../../../../shared/picture-formats.ts';
import { RECIPE_FORMAT } from '../../../../shared/recipes/recipe-form.ts';
import type { Recipe } from '../../../../shared/recipes/recipe.ts';
import { marginOf, type Goal } from '../../attack/goal.ts';
import { toLevels } from '../../attack/lattice.ts';
import { mapSteps } from '../../attack/steps.ts';
import { checkWritable, decodeImage } from '../../imaging/codec.ts';
import { pixelsFrom } from '../../imaging/pixels.ts';
import type { Model } from '../../models/model.ts';
import { classify, labelOf } from '../common/classify.ts';
import { identify } from '../common/identify.ts';
import { notesOnFile } from '../common/notes.ts';
import { Previewer } from '../common/preview.ts';
import { runJob, type Own, type Scope, type Told } from '../common/run-job.ts';
import { openingCancellable, type MethodContext, type OpenNetwork } from '../common/context.ts';
import type { AttackTask } from './attacks/attack-run.ts';
import { attackPicture } from './attacks/registry.ts';
import { decided } from './decision.ts';
import { resolveGoal, translateGoal } from './goal.ts';
import { maskFor } from './patch/mask.ts';
import { checkPatchOutput } from './patch/output.ts';
import { checkSettings, completed, fewClassesNotes, mostSteps } from './plan.ts';
import { pictureOf, writeResults } from './results.ts';
import { openSurrogate, surrogateNotes } from './surrogate/choose.ts';
import { predict } from './verdict.ts';
import { namesIn, openVictims, type Victim } from './victim.ts';

/** Trials that a search for the smallest ε is taken to need; a guess, for the progress alone. */
const SEARCH_TRIALS = 8;

export async function* runAttack(
  open: OpenNetwork,
  request: RequestOf<'attack'>,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<AttackResult>, void, undefined> {
  const others = openingCancellable(open, signal);
  yield* runJob(await open(null), (context, scope) => work(context, others, request, scope), signal);
}

async function* work(
  own: MethodContext,
  openOther: OpenNetwork,
  request: RequestOf<'attack'>,
  { signal, atEnd }: Scope,
): AsyncGenerator<Told, Own<'attack'>, undefined> {
  const { settings, out } = request;
  checkSettings(settings);
  for (const path of [out, request.perturbation, request.views, request.print])
    if (path !== null) await checkWritable(path);
  await checkPatchOutput(settings, request.patch);
  const { pixels, source } = await decodeImage(request.image, { signal });
  const original = toLevels(pixels.data);
  const size = { width: pixels.width, height: pixels.height };
  const { context, target, open, decision } = await decided(
    own,
    openOther,
    () => classify(own, pixels, Infinity),
    settings.target,
  );
  const { model } = context;
  const blackBox = isBlackBox(settings.method);
  const victims = await openVictims(context, namesIn(settings.ensemble), { open, blackBox, atEnd });
  const [victim, ...others] = victims;
  const before = await predict(context, pictureOf(original, size));
  const truth = before.top[0]?.index ?? 0;
  const goal = resolveGoal(model, target, truth, before.scores, settings.seed);
  const networks: AttackTask['networks'] = [
    victim.towards(goal, size),
    ...others.map((other) =>
      other.towards(translateGoal(goal, model, other.context.model, other.classes), size),
    ),
  ];
  const surrogate = await openSurrogate(open, settings, context);
  const notes = [...new Set(victims.flatMap((each) => each.notes)), ...surrogateNotes(surrogate, context)];
  notes.push(...fewClassesNotes(settings, model.name, victim.classes), ...notesOnFile(source));
  if (source.space.endsWith('16'))
    notes.push('The picture has 16 bits; it was rounded to 8 before the attack.');
  if (marginOf(before.scores, goal) > 0) notes.push('The network sees the target already.');
  if (isLossy(out))
    notes.push(`"${basename(out)}" does not keep every grey level, which an attack lives on; a PNG does.`);
  const mask = await maskFor(settings, size);
  const task: AttackTask = { networks, original, size, settings, mask, surrogate };
  const planned = mostSteps(settings) * (settings.minimal ? SEARCH_TRIALS : 1);
  yield { kind: 'started', steps: planned, ...size, notes };

  const previewer = new Previewer(request.preview);
  const curve = { loss: new Array<number>(), probability: new Array<number>() };
  const attacked = yield* mapSteps(attackPicture(task), ({ loss, probability, picture }, ms): Told => {
    curve.loss.push(loss);
    if (probability !== null) curve.probability.push(probability);
    const step = curve.loss.length;
    const of = Math.max(planned, step);
    const frame = previewer.frame({ step }, of, () => pixelsFrom(size.width, size.height, picture));
    return {
      kind: 'step',
      ...{ step, of, objective: loss, ms },
      ...(probability === null ? {} : { probability }),
      ...(frame === undefined ? {} : { frame }),
    };
  });
  if (attacked.flat > 0) notes.push(`The gradient was zero or no number at ${attacked.flat} steps.`);

  const recipe: Recipe<'attack'> = {
    reverie: RECIPE_FORMAT,
    method: 'attack',
    model: own.model.identity,
    source: { ...(await identify(request.image)), ...size },
    ...(settings.mask === null ? {} : { files: { mask: await identify(settings.mask) } }),
    settings: {
      ...completed(settings),
      mask: settings.mask === null ? null : basename(settings.mask),
      ensemble: namesOf(others),
    },
  };
  const finished = { task, victim, attacked, recipe, request, open, signal };
  const { after, ...results } = await writeResults(finished);
  if (results.lossless?.success === true && !results.success)
    notes.push('As a PNG the attack succeeds; what is left of it in this format does not.');
  return {
    output: resolvePath(out),
    recipe,
    objective: { first: curve.loss[0] ?? 0, last: curve.loss.at(-1) ?? 0 },
    ...results,
    goal: told(decision ? asTarget(goal) : goal, model),
    classes: { before: before.top, after },
    epsilon: attacked.epsilon,
    queries: attacked.queries,
    substitute: attacked.substitute,
    brokenBy: results.success ? attacked.brokenBy : null,
    unrounded: { success: attacked.unrounded.margin > 0, ...attacked.unrounded },
    curve,
    notes,
  };
}

/** Networks as a recipe names them, without folders. */
const namesOf = (victims: readonly Victim[]): string | null =>
  victims.length === 0 ? null : victims.map(({ context }) => context.model.name).join(',');

const told = ({ kind, label }: Goal, model: Model): AttackResult['goal'] => ({
  kind,
  index: label,
  label: labelOf(model, label),
});

/** To leave one of two classes is to reach the other: "to be seen as yes" says more than "no longer as no". */
const asTarget = (goal: Goal): Goal =>
  goal.kind === 'untargeted' && goal.label === 0 ? { kind: 'targeted', label: 1 } : goal;
