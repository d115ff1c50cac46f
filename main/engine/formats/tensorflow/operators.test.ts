import { describe, expect, it } from 'vitest';
import { elementwiseCases } from './operators/elementwise.cases.ts';
import { joiningCases } from './operators/joining.cases.ts';
import { normalisationCases } from './operators/normalisation.cases.ts';
import { reductionCases } from './operators/reduction.cases.ts';
import { resizingCases } from './operators/resizing.cases.ts';
import { shapeCases } from './operators/shape.cases.ts';
import { slicingCases } from './operators/slicing.cases.ts';
import { windowCases } from './operators/windows.cases.ts';
import { wave } from './testing/reference.ts';
import { runNodes, toChannelsFirst } from '../../testing/run-tensorflow.ts';

const cases = [
  ...elementwiseCases,
  ...joiningCases,
  ...normalisationCases,
  ...reductionCases,
  ...resizingCases,
  ...shapeCases,
  ...slicingCases,
  ...windowCases,
];

const SIZES = [
  [1, 6, 9, 4],
  [1, 7, 8, 4],
];

describe('operators of TensorFlow', () => {
  it.each(cases)('$title', async ({ nodes, expected, map, sizes = SIZES }) => {
    for (const dims of sizes) {
      const x = wave(dims);
      const wanted = map ? toChannelsFirst(expected(x)) : expected(x);
      const got = await runNodes(nodes, x);
      expect(got.dims).toEqual(wanted.dims);
      const largest = Math.max(...wanted.data.map(Math.abs));
      const apart = got.data.map((v, i) => Math.abs(v - (wanted.data[i] ?? NaN)));
      expect(Math.max(...apart) / largest).toBeLessThan(1e-5);
    }
  });
});
