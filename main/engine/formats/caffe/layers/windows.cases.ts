/** Convolutions as their definitions have them; poolings have a test of their own. */
import { reader, sum, type Case, type At } from '../testing/formulas.ts';
import { waves } from '../testing/described.ts';

const filters = waves([6, 2, 3, 2], 2);
const filter = reader(filters);
const biases = waves([6], 3);
const bias = (i: number): number => biases.data[i] ?? 0;

/** Conv of 6 filters 3×2 in 2 groups, stride 2×1, pad 1×2, dilation 1×2, as its definition has it. */
const convolved =
  (x: At): At =>
  (n, o, y, column) => {
    const first = o < 3 ? 0 : 2;
    const total = sum(2, (c) =>
      sum(3, (i) => sum(2, (j) => filter(o, c, i, j) * x(n, first + c, 2 * y - 1 + i, column - 2 + 2 * j))),
    );
    return total + bias(o);
  };

export const windowsCases: readonly Case[] = [
  {
    title: 'Convolution with groups, by rows and columns',
    layer:
      'type: "Convolution" convolution_param { num_output: 6 kernel_h: 3 kernel_w: 2 stride_h: 2 stride_w: 1 pad_h: 1 pad_w: 2 dilation: 1 dilation: 2 group: 2 }',
    weights: [filters, biases],
    result: [2, 6, 3, 8],
    expected: convolved,
  },
  {
    title: 'Convolution with repeated settings and no bias',
    layer:
      'type: "Convolution" convolution_param { num_output: 6 kernel_size: [3, 2] stride: 2 stride: 1 pad: 1 pad: 2 dilation: [1, 2] group: 2 bias_term: false }',
    weights: [filters],
    result: [2, 6, 3, 8],
    expected: (x) => (n, o, y, column) => convolved(x)(n, o, y, column) - bias(o),
  },
  {
    title: 'Deconvolution',
    layer: 'type: "Deconvolution" convolution_param { num_output: 2 kernel_size: 3 stride: 2 pad: 1 }',
    weights: [waves([4, 2, 3, 3], 6), waves([2], 7)],
    result: [2, 2, 9, 11],
    expected: (x) => (n, o, y, column) => {
      const w = reader(waves([4, 2, 3, 3], 6));
      // Output y takes from input i where y = 2i - 1 + k.
      const total = sum(4, (c) =>
        sum(3, (k) =>
          sum(3, (l) => {
            const [i, j] = [(y + 1 - k) / 2, (column + 1 - l) / 2];
            return Number.isInteger(i) && Number.isInteger(j) ? w(c, o, k, l) * x(n, c, i, j) : 0;
          }),
        ),
      );
      return total + (waves([2], 7).data[o] ?? 0);
    },
  },
];
