/** What settings of an attack ask for, which the engine, the studio and windows all need to know. */
import { attack, type AttackSettings } from '../recipes/attack.ts';
import { attacks, reads } from './registry.ts';

/** Whether one patch is made that works at any place, and on any picture. */
export const worksAnywhere = ({ method, placement }: AttackSettings): boolean =>
  reads(method, 'placement') && placement === 'anywhere';

/** Fresh views that a grid shows where no number is given. */
const USUAL = 100;

/** How many fresh views judge the result. @param wanted whether some are asked for, whatever the attack */
export const freshViewsOf = ({ method, fresh }: AttackSettings, wanted = false): number =>
  fresh ?? attacks[method].defaults.fresh ?? (wanted ? USUAL : 0);

/** The settings with their defaults in the place of what the attack does not read. */
export function relevant(settings: AttackSettings): AttackSettings {
  const irrelevant = Object.entries(attack).filter(([key]) => !reads(settings.method, key));
  return { ...settings, ...Object.fromEntries(irrelevant.map(([key, field]) => [key, field.default])) };
}
