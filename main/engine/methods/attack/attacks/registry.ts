/** How each attack runs. To add one: its entry in shared/attacks/registry.ts, and its run here, in a file of its own. */
import type { AttackMethod } from '../../../../../shared/attacks/registry.ts';
import { checkSettings } from '../plan.ts';
import type { AttackRun } from './attack-run.ts';
import { autoPgdAttack } from './auto-pgd.ts';
import { nesAttack, raysAttack, squareAttack } from './black-box.ts';
import { patchAttack } from './patch.ts';
import { carliniWagnerAttack, deepFoolAttack, fabAttack } from './smallest-change.ts';
import { standardAttack } from './standard.ts';
import { substituteAttack } from './substitute.ts';
import { expectedLoss, withinEpsilon } from './within-epsilon.ts';

const runs: Readonly<Record<AttackMethod, AttackRun>> = {
  fgsm: withinEpsilon(),
  bim: withinEpsilon(),
  pgd: withinEpsilon({ randomStart: true }),
  'mi-fgsm': withinEpsilon({ decay: 1 }),
  apgd: autoPgdAttack,
  standard: standardAttack,
  deepfool: deepFoolAttack,
  cw: carliniWagnerAttack,
  fab: fabAttack,
  square: squareAttack,
  nes: nesAttack,
  rays: raysAttack,
  substitute: substituteAttack,
  eot: withinEpsilon({ randomStart: true }, expectedLoss),
  patch: patchAttack,
};

/** Optimised without rounding, brought onto whole grey levels, and repaired there: what comes out is what a file can hold. */
export const attackPicture: AttackRun = (task) => {
  checkSettings(task.settings);
  return runs[task.settings.method](task);
};
