import { expect, it } from 'vitest';
import { Builder } from '../../graph/builder.ts';
import { programWarning } from './memory.ts';

const GIB = 2 ** 30;

it('warns of a program that needs more memory than there is', () => {
  const g = new Builder();
  // A GiB of input, and as much for what is computed from it.
  const x = g.input('x', [64, 4, 1024, 1024]);
  const graph = g.finish([g.op('Transpose', [g.relu(x)], { perm: [0, 2, 3, 1] })]);
  expect(programWarning(graph, 16 * GIB)).toBeUndefined();
  expect(programWarning(graph, 2 * GIB)).toMatch(
    /^This takes about [3-9](\.\d)? GiB of memory, and 2\.0 GiB are free: .* fewer pictures at a time take less\.$/,
  );
});
