/** Bringing one's own network, correcting what is known of it, and letting go of it: what the contract's calls do. */
import type {
  EditModelRequest,
  ImportedModel,
  ImportModelRequest,
  ModelSummary,
} from '../../../../shared/contract/models.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import { editNetwork } from '../../models/installed/edit.ts';
import { importNetwork } from '../../models/installed/install.ts';
import { installedModels, ownModel, summaryOf } from '../../models/installed/library.ts';
import type { Model } from '../../models/model.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { describeModel } from './inspect.ts';
import { tryOut } from './trial.ts';

/**
 * Installs a network that works: it is described and run once before anything is installed.
 *
 * @throws ReverieError as {@link importNetwork} and {@link tryOut}
 */
export async function bringModel(
  request: ImportModelRequest,
  runtime: Runtime,
  home?: string,
): Promise<ImportedModel> {
  const { id, model, family } = await importNetwork(request, home, async (candidate) => {
    describeModel(candidate, null);
    await tryOut(candidate, runtime);
  });
  const { card, input, classes, dreamLayers } = describeModel(model, null);
  const { certainty, why, labels } = card;
  return {
    model: await summarise(id, home),
    recognised: { family, certainty, why, input, classes, labels, dreamLayers },
  };
}

/** @throws ReverieError `model/missing`, `model/shipped`, and as {@link editNetwork} */
export async function editModel(
  { model: id, changes }: EditModelRequest,
  load: (path: string) => Promise<Model>,
  home?: string,
): Promise<ModelSummary> {
  const { path } = await ownModel(id, home);
  await editNetwork(await load(path), path, changes);
  return summarise(id, home);
}

async function summarise(id: string, home?: string): Promise<ModelSummary> {
  const found = (await installedModels(home)).find((model) => model.id === id);
  if (found !== undefined) return summaryOf(found);
  throw new ReverieError('model/missing', `No network is called "${id}".`);
}
