/** Which network is trained as the surrogate of another. */
import { reads } from '../../../../../shared/attacks/registry.ts';
import { ReverieError } from '../../../../../shared/errors.ts';
import type { AttackSettings } from '../../../../../shared/recipes/attack.ts';
import { DEFAULT_MODEL } from '../../../models/installed/library.ts';
import type { OpenNetwork, MethodContext } from '../../common/context.ts';

/** What `--substitute` calls the network that is trained from nothing. */
const SMALL = 'small';

/**
 * The network that `--substitute` names, or the one that comes with Reverie; null for the small one, for attacks without a
 * surrogate, and where the one that comes with Reverie is itself attacked.
 *
 * @throws ReverieError `usage/option` for the attacked network itself, and as `open`
 */
export async function openSurrogate(
  open: OpenNetwork,
  { method, substitute }: AttackSettings,
  attacked: MethodContext,
): Promise<MethodContext | null> {
  if (!reads(method, 'substitute') || substitute === SMALL) return null;
  const context = await open(substitute ?? DEFAULT_MODEL);
  if (context.model.sha256 !== attacked.model.sha256) return context;
  if (substitute === null) return null;
  throw new ReverieError(
    'usage/option',
    `--substitute must be another network than "${attacked.model.name}", which is the black box.`,
  );
}

/** What a reader of the figures must know about the two networks. */
export function surrogateNotes(surrogate: MethodContext | null, attacked: MethodContext): string[] {
  const teacher = surrogate?.model.card.teacher;
  if (surrogate === null || teacher === undefined || teacher !== attacked.model.name) return [];
  return [
    `"${surrogate.model.name}" was itself distilled from "${teacher}", so it is a closer substitute than most would have.`,
  ];
}
