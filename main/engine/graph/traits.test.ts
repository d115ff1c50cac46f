import { expect, it } from 'vitest';
import { shapeRules } from './shapes.ts';
import { operatorsWith, traits, traitsOf } from './traits.ts';

it('has a row for every operator whose shape is known, and no others', () => {
  expect(Object.keys(traits).sort()).toEqual(Object.keys(shapeRules).sort());
});

it('knows nothing of names that are no operators, whatever objects have by nature', () => {
  expect(['constructor', 'toString', 'com.microsoft.FusedConv'].map(traitsOf)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it('has one meaning for one thing', () => {
  const named = (holds: Parameters<typeof operatorsWith>[0]): string[] => [...operatorsWith(holds)];
  // What is its input in another form carries all of its values, and what changes them is a layer.
  expect(named(({ memory, carries }) => memory === 'view' && carries !== true)).toEqual([]);
  expect(named(({ role, carries }) => role === 'plumbing' && carries !== true)).toEqual(['Shape']);
  // Guided gradients and silent units are matters of activations.
  expect(
    named(({ role, gate, saturates }) => role !== 'activation' && (gate === true || saturates === true)),
  ).toEqual([]);
});
