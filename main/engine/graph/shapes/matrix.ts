/** Shapes of matrix products. */
import { int, text } from '../graph.ts';
import { broadcast, refuse, requireRank, required, show, sizeAt, type ShapeRule } from './rule.ts';

export const matrix: Readonly<Record<string, ShapeRule>> = {
  MatMul(_, inputs) {
    const a = required(inputs, 0);
    const b = required(inputs, 1);
    requireRank(a, 1);
    requireRank(b, 1);
    // A vector on the left is a row, on the right a column; the axis it borrowed disappears again.
    const left = a.dims.length === 1 ? [1, ...a.dims] : a.dims;
    const right = b.dims.length === 1 ? [...b.dims, 1] : b.dims;
    if (left.at(-1) !== right.at(-2))
      refuse('model/unreadable', `cannot multiply ${show(a.dims)} with ${show(b.dims)}`);
    const dims = [...broadcast(left.slice(0, -2), right.slice(0, -2))];
    if (a.dims.length > 1) dims.push(sizeAt(left, left.length - 2));
    if (b.dims.length > 1) dims.push(sizeAt(right, right.length - 1));
    return [{ type: a.type, dims }];
  },

  Gemm(node, inputs) {
    const a = required(inputs, 0);
    const b = required(inputs, 1);
    requireRank(a, 2, 2);
    requireRank(b, 2, 2);
    const left = int(node, 'transA', 0) === 0 ? a.dims : a.dims.toReversed();
    const right = int(node, 'transB', 0) === 0 ? b.dims : b.dims.toReversed();
    if (left[1] !== right[0]) refuse('model/unreadable', `cannot multiply ${show(left)} with ${show(right)}`);
    const dims = [sizeAt(left, 0), sizeAt(right, 1)];
    const bias = inputs[2]?.dims ?? [];
    if (show(broadcast(dims, bias)) !== show(dims))
      refuse('model/unreadable', `cannot add ${show(bias)} to ${show(dims)}`);
    return [{ type: a.type, dims }];
  },

  Einsum(node, inputs) {
    const equation = text(node, 'equation', '').replaceAll(' ', '');
    if (equation.includes('.'))
      refuse('model/unsupported', `has the equation "${equation}"; only letters are possible`);
    const [sources = '', target] = equation.split('->');
    const terms = sources.split(',');
    const sizes = new Map<string, number>();
    inputs.forEach((_, i) => {
      const { dims } = required(inputs, i);
      const letters = Array.from(terms[i] ?? '');
      if (letters.length !== dims.length)
        refuse('model/unreadable', `applies the equation "${equation}" to ${show(dims)}`);
      letters.forEach((letter, axis) => {
        const size = sizeAt(dims, axis);
        const known = sizes.get(letter) ?? 1;
        if (known !== 1 && size !== 1 && known !== size) {
          refuse(
            'model/unreadable',
            `has both ${known} and ${size} for "${letter}" of the equation "${equation}"`,
          );
        }
        sizes.set(letter, size === 1 ? known : size);
      });
    });
    const implied = () =>
      [...sizes.keys()]
        .filter((l) => sources.indexOf(l) === sources.lastIndexOf(l))
        .sort()
        .join('');
    const dims = Array.from(
      target ?? implied(),
      (letter) =>
        sizes.get(letter) ??
        refuse('model/unreadable', `has an unknown "${letter}" in its equation "${equation}"`),
    );
    return [{ type: required(inputs, 0).type, dims }];
  },
};
