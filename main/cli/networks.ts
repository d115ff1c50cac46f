/** `reverie models import`, `edit` and `remove`: bringing one's own network, and correcting what is known of it. */
import { basename, extname, resolve } from 'node:path';
import { networkFields, parseCardChanges, type CardChanges } from '../../shared/contract/network-card.ts';
import type { ModelInput } from '../../shared/contract/models.ts';
import { ReverieError } from '../../shared/errors.ts';
import { byFlag } from '../../shared/recipes/fields.ts';
import { pick, type Context, type Given, type Outcome } from './command.ts';

/** What the options say; a list of labels that is a file is named from here, not from where the engine runs. */
function changesIn(given: Given): CardChanges {
  const changes = parseCardChanges(pick(given, networkFields));
  const { labels } = changes;
  return { ...changes, labels: labels !== null && /[./\\]/.test(labels) ? resolve(labels) : labels };
}

function required(model: string | undefined, what: string): string {
  if (model !== undefined) return model;
  throw new ReverieError('usage/option', `An argument is missing: reverie models ${what} [options].`);
}

/** The network of a file, recognised and installed; its name is also its id. */
export async function importModel(
  { engine, interruption, given }: Context,
  file: string | undefined,
): Promise<Outcome> {
  const path = resolve(required(file, 'import <file>'));
  const changes = changesIn(given);
  // What people call a network is no path: ViT-B/16.
  const called = changes.name?.replaceAll(/[/\\]/g, '-');
  const name = called === undefined ? basename(path) : `${called}${extname(path)}`;
  const json = await interruption.unless(
    engine.importModel({ file: { path, name }, companions: null, changes }),
  );
  const { model, recognised } = json;
  const sure = { stated: 'stated', known: 'known', likely: 'likely', unsure: 'a guess' };
  return {
    json,
    lines: [
      `Installed ${model.title} as "${model.id}" (${model.format}).`,
      recognised.why,
      `input (${sure[recognised.certainty]}): ${inputOf(recognised.input)}`,
      `dreams of ${recognised.dreamLayers.join(', ')}`,
      `Check it with "reverie classify <photo> --model ${model.id}", and correct it with "reverie models edit ${model.id}".`,
    ],
  };
}

/** Changes what is known of an installed network. */
export async function editModel(
  { engine, interruption, given }: Context,
  id: string | undefined,
): Promise<Outcome> {
  const model = required(id, 'edit <id>');
  const changes = changesIn(given);
  if (Object.values(changes).every((change) => change === null)) {
    const options = Object.keys(networkFields).map((key) => byFlag(key));
    throw new ReverieError('usage/option', `Nothing is to be changed: give one of ${options.join(', ')}.`);
  }
  const json = await interruption.unless(engine.editModel({ model, changes }));
  const { input } = await interruption.unless(engine.inspectModel({ model, size: null }));
  return { json, lines: [`Changed "${json.id}": ${json.title}.`, `input: ${inputOf(input)}`] };
}

/** Deletes an installed network. */
export async function removeModel(
  { engine, interruption }: Context,
  id: string | undefined,
): Promise<Outcome> {
  const model = required(id, 'remove <id>');
  await interruption.unless(engine.removeModel({ model }));
  return { json: { removed: model }, lines: [`Removed "${model}".`] };
}

/** How pictures go in, in one line. */
export function inputOf({ name, width, height, order, layout, mean, scale }: ModelInput): string {
  const numbers = (values: readonly number[]): string =>
    values.map((value) => Number(value.toPrecision(6))).join(', ');
  return `"${name}" ${width}×${height} ${order} ${layout}, value = (grey level − [${numbers(mean)}]) × [${numbers(scale)}]`;
}
