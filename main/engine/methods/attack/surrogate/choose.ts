/** Which network stands in for a sealed one. */
import { ReverieError } from '../../../../../shared/errors.ts';
import type { AttackSettings } from '../../../../../shared/recipes/attack.ts';
import { DEFAULT_MODEL } from '../../../models/library.ts';
import { SMALL } from '../plan.ts';
import type { OpenNetwork, Workbench } from '../../common/workbench.ts';

/**
 * The network that `--substitute` names, or the one that comes with Reverie; null for the small one, for other methods, and
 * where the one that comes with Reverie is itself attacked.
 *
 * @throws ReverieError `usage/option` for the sealed network itself, and as `open`
 */
export async function openStandIn(
  open: OpenNetwork,
  { method, substitute }: AttackSettings,
  sealed: Workbench,
): Promise<Workbench | null> {
  if (method !== 'substitute' || substitute === SMALL) return null;
  const bench = await open(substitute ?? DEFAULT_MODEL);
  if (bench.model.sha256 !== sealed.model.sha256) return bench;
  if (substitute === null) return null;
  throw new ReverieError(
    'usage/option',
    `--substitute must be another network than "${sealed.model.name}", which is sealed.`,
  );
}

/** What a reader of the figures must know about the two networks. */
export function standInNotes(standIn: Workbench | null, sealed: Workbench): string[] {
  const teacher = standIn?.model.card.teacher;
  if (standIn === null || teacher === undefined || teacher !== sealed.model.name) return [];
  return [
    `"${standIn.model.name}" was itself distilled from "${teacher}", so it is a closer substitute than most would have.`,
  ];
}
