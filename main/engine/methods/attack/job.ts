/** An attack as a job: a picture in, steps and previews out, and at the end a file that was read back before anything is claimed. */
import { basename, resolve as resolvePath } from 'node:path';
import { isBlackBox } from '../../../../shared/attacks/registry.ts';
import type { AttackResult } from '../../../../shared/methods/attack.ts';
import type { RequestOf } from '../../../../shared/methods/request.ts';
import type { JobEvent } from '../../../../shared/jobs.ts';
import { isLossy } from '../../../../shared/picture-formats.ts';
import type { AttackSettings } from '../../../../shared/recipes/attack.ts';
import { RECIPE_FORMAT } from '../../../../shared/recipes/recipe-form.ts';
import type { Recipe } from '../../../../shared/recipes/recipe.ts';
import { marginOf } from '../../attack/goal.ts';
import { toLevels } from '../../attack/lattice.ts';
import { mapSteps } from '../../attack/steps.ts';
import { checkWritable, decodeImage } from '../../imaging/codec.ts';
import { pixelsFrom } from '../../imaging/pixels.ts';
import { labelOf } from '../common/classify.ts';
import { identify } from '../common/identify.ts';
import { Previewer } from '../common/preview.ts';
import { cancellable, type OpenNetwork } from '../common/context.ts';
import type { AttackTask } from './attacks/attack-run.ts';
import { attackPicture } from './attacks/registry.ts';
import { resolveGoal, translateGoal } from './goal.ts';
import { maskFor } from './patch/mask.ts';
import { checkPatchOutput } from './patch/output.ts';
import { checkSettings, completed, mostSteps } from './plan.ts';
import { pictureOf, writeResults } from './results.ts';
import { openSurrogate, surrogateNotes } from './surrogate/choose.ts';
import { predict } from './verdict.ts';
import { Victim } from './victim.ts';

/** Trials that a search for the smallest ε is taken to need; a guess, for the progress alone. */
const SEARCH_TRIALS = 8;

export async function* runAttack(
  openNetwork: OpenNetwork,
  request: RequestOf<'attack'>,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<AttackResult>, void, undefined> {
  const began = performance.now();
  const { settings, out } = request;
  const open: OpenNetwork = async (name) => cancellable(await openNetwork(name), signal);
  checkSettings(settings);
  for (const path of [out, request.perturbation, request.views, request.print])
    if (path !== null) await checkWritable(path);
  await checkPatchOutput(settings, request.patch);
  const { pixels, source } = await decodeImage(request.image, { signal });
  const original = toLevels(pixels.data);
  const victims = await openVictims(open, settings);
  try {
    const [victim, ...others] = victims;
    const { model, runtime } = victim.context;
    const size = { width: pixels.width, height: pixels.height };
    const before = await predict(victim.context, pictureOf(original, size));
    const truth = before.top[0]?.index ?? 0;
    const goal = resolveGoal(model, settings.target, truth, before.scores, settings.seed);
    const networks: AttackTask['networks'] = [
      victim.towards(goal, size),
      ...others.map((other) =>
        other.towards(translateGoal(goal, model, other.context.model, other.classes), size),
      ),
    ];
    const surrogate = await openSurrogate(open, settings, victim.context);
    const notes = [
      ...new Set(victims.flatMap((each) => each.notes)),
      ...surrogateNotes(surrogate, victim.context),
    ];
    if (source.space.endsWith('16'))
      notes.push('The picture has 16 bits; it was rounded to 8 before the attack.');
    if (marginOf(before.scores, goal) > 0) notes.push('The network sees the target already.');
    if (isLossy(out))
      notes.push(`"${basename(out)}" does not keep every grey level, which an attack lives on; a PNG does.`);
    const task: AttackTask = {
      networks,
      original,
      size,
      settings,
      mask: await maskFor(settings, size),
      surrogate,
    };
    const planned = mostSteps(settings) * (settings.minimal ? SEARCH_TRIALS : 1);
    const names = { runtime: runtime.name, device: runtime.device };
    yield { kind: 'started', steps: planned, ...size, ...names, notes };

    const previewer = new Previewer(request.preview);
    const curve = { loss: new Array<number>(), probability: new Array<number>() };
    const started = performance.now();
    const attacked = yield* mapSteps(attackPicture(task), (iteration, ms): JobEvent<AttackResult> => {
      const { loss, probability, picture } = iteration;
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
    const count = curve.loss.length;
    const msPerStep = (performance.now() - started) / Math.max(count, 1);
    if (attacked.flat > 0) notes.push(`The gradient was zero or no number at ${attacked.flat} steps.`);

    const recipe: Recipe<'attack'> = {
      reverie: RECIPE_FORMAT,
      method: 'attack',
      model: { name: model.name, sha256: model.sha256 },
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
    yield {
      kind: 'done',
      result: {
        output: resolvePath(out),
        recipe,
        model: model.name,
        runtime: runtime.name,
        device: runtime.device,
        steps: count,
        seconds: (performance.now() - began) / 1000,
        msPerStep,
        objective: { first: curve.loss[0] ?? 0, last: curve.loss.at(-1) ?? 0 },
        ...results,
        goal: { kind: goal.kind, index: goal.label, label: labelOf(model, goal.label) },
        classes: { before: before.top, after },
        epsilon: attacked.epsilon,
        queries: attacked.queries,
        substitute: attacked.substitute,
        unrounded: { success: attacked.unrounded.margin > 0, ...attacked.unrounded },
        curve,
        notes,
      },
    };
  } finally {
    for (const victim of victims) await victim.release();
  }
}

/** The network of the request, and those of an ensemble. */
async function openVictims(
  open: OpenNetwork,
  { ensemble, method }: AttackSettings,
): Promise<[Victim, ...Victim[]]> {
  const victims: [Victim, ...Victim[]] = [await Victim.create(await open(null), isBlackBox(method))];
  try {
    for (const name of namesIn(ensemble)) victims.push(await Victim.create(await open(name)));
    return victims;
  } catch (error) {
    for (const victim of victims) await victim.release();
    throw error;
  }
}

/** Networks as a recipe names them, without folders. */
const namesOf = (victims: readonly Victim[]): string | null =>
  victims.length === 0 ? null : victims.map(({ context }) => context.model.name).join(',');

/** Names separated by commas. */
export const namesIn = (list: string | null): string[] =>
  (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
