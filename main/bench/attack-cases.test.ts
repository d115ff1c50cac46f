import { expect, it } from 'vitest';
import { attackNames } from '../../shared/attacks/registry.ts';
import { attack } from '../../shared/recipes/attack.ts';
import { parse } from '../../shared/recipes/fields.ts';
import { checkSettings } from '../engine/methods/attack/plan.ts';
import { BLACK_BOX, PHYSICAL, TRANSFERS, WHITE_BOX } from './attack-cases.ts';

const all = [...WHITE_BOX, ...TRANSFERS, ...BLACK_BOX, ...PHYSICAL];

it('measures every attack there is', () => {
  const measured = all.map(({ settings }) => settings.method);
  expect(attackNames.filter((name) => !measured.includes(name))).toEqual([]);
});

it.each(all)('$name can be run, and has a name of its own', ({ name, settings }) => {
  expect(() => checkSettings(parse(attack, settings))).not.toThrow();
  expect(all.filter((other) => other.name === name)).toHaveLength(1);
});
