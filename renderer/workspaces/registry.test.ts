import { describe, expect, it } from 'vitest';
import { isJobMethod, isRecipeMethod, methodNames, methods } from '../../shared/methods/registry.ts';
import { workspaces } from './registry.ts';

const openers = (method: keyof typeof methods, way: 'show' | 'restore'): string[] =>
  workspaces
    .filter(({ opens }) => way in ((opens as Record<string, object> | undefined)?.[method] ?? {}))
    .map(({ name }) => name);

describe('the workspaces', () => {
  it.each(['name', 'title', 'key'] as const)('have each a %s of its own', (trait) => {
    const values = workspaces.map((workspace) => workspace[trait]);
    expect(new Set(values).size).toBe(values.length);
  });

  it.each(methodNames.filter(isJobMethod))(
    'have one place where a job of the method %s is shown',
    (method) => {
      expect(openers(method, 'show')).toHaveLength(1);
    },
  );

  it.each(methodNames.filter(isRecipeMethod))(
    'have one place that a recipe of the method %s sets up, and words for a button where it can be repeated',
    (method) => {
      expect(openers(method, 'restore')).toHaveLength(1);
      expect(methods[method].words.again).not.toBe('');
    },
  );

  it('open a method in no two places', () => {
    const opened = workspaces.flatMap(({ opens = {} }) => Object.keys(opens));
    expect(new Set(opened).size).toBe(opened.length);
  });

  it('have one place for a network that has just come', () => {
    expect(workspaces.filter(({ welcome }) => welcome !== undefined)).toHaveLength(1);
  });
});
