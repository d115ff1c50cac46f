/** Axes of matrix products: linear maps over features, and the attention of places to each other. */
import { int, text } from '../graph.ts';
import { isAll, isPlaced, whole, type Axes, type Group } from './axis.ts';
import { broadcastAxes, type AxesRule } from './rule.ts';

/** A trained matrix makes new features; where it sums over places, no places are left. */
const mapped = (over: Group, size: number): Group => whole(isPlaced(over) ? 'places' : 'features', size);

const keys = (group: Group): Group =>
  whole(
    'keys',
    group.reduce((size, axis) => size * axis.size, 1),
  );

/**
 * What the columns of a second matrix mean in its product with rows of a first one, where both come from the picture: places
 * that other places, or a query, look at; or what they were, places of values or features of places.
 */
function looked(row: Group, column: Group): Group {
  const values = isAll(row, 'features') ? isPlaced(column) : isAll(column, 'features') && isPlaced(row);
  if (values) return column;
  const alike = isAll(row, 'features') && isAll(column, 'features');
  return alike || isPlaced(column) ? keys(column) : column;
}

const matMul: AxesRule = ({ inputs: [a, b], shapes: [left = [], right = []], outputs: [dims = []] }) => {
  const size = right.length > 1 ? (right.at(-1) ?? 1) : 1;
  const batches = (axes: Axes | undefined): Axes | undefined => axes?.slice(0, -2);
  const leading = dims.slice(0, Math.max(left.length, right.length) - 2);
  if (a !== undefined && b === undefined) {
    const column = right.length > 1 ? [mapped(a.at(-1) ?? [], size)] : [];
    // Trained numbers for each head, or each window, leave these alone.
    const before = right.length > 2 ? broadcastAxes([batches(a)], leading) : a.slice(0, -2);
    return [[...before, ...(left.length > 1 ? [a.at(-2) ?? []] : []), ...column]];
  }
  if (b === undefined) return undefined;
  const heads = broadcastAxes([batches(b), batches(a)], leading);
  const column = right.length > 1 ? (b.at(-1) ?? []) : [];
  if (a !== undefined) {
    const row = left.length > 1 ? (a.at(-2) ?? []) : [];
    return [
      [...heads, ...(left.length > 1 ? [row] : []), ...(right.length > 1 ? [looked(row, column)] : [])],
    ];
  }
  // A trained query for each head looks at places; a trained matrix is a linear map of what it sums over.
  const query = left.length > 2 && isPlaced(column);
  const row =
    left.length > 1
      ? [query ? whole('places', left.at(-2) ?? 1) : mapped(b.at(-2) ?? [], left.at(-2) ?? 1)]
      : [];
  return [[...heads, ...row, ...(right.length > 1 ? [query ? keys(column) : column] : [])]];
};

const gemm: AxesRule = ({ node, inputs: [a, b], outputs: [dims = []] }) => {
  const [rows = 1, columns = 1] = dims;
  const turned = (axes: Axes | undefined, attribute: string): Axes | undefined =>
    int(node, attribute, 0) === 0 ? axes : axes?.toReversed();
  const [row, over] = turned(a, 'transA') ?? [];
  const [under, column] = turned(b, 'transB') ?? [];
  if (row !== undefined && column !== undefined) return [[row, looked(row, column)]];
  if (row !== undefined) return [[row, mapped(over ?? [], columns)]];
  return column && [[mapped(under ?? [], rows), column]];
};

const einsum: AxesRule = ({ node, inputs, outputs: [dims = []] }) => {
  const equation = text(node, 'equation', '').replaceAll(' ', '');
  const [sources = '', target] = equation.split('->');
  if (target === undefined) return undefined;
  const terms = sources.split(',');
  const groupIn = (term: number, letter: string): Group | undefined => {
    const at = Array.from(terms[term] ?? '').indexOf(letter);
    return at < 0 ? undefined : inputs[term]?.[at];
  };
  const both = inputs.filter((axes) => axes !== undefined).length > 1;
  const first = Array.from(target, (letter) => groupIn(0, letter));
  const row = first.find((group) => group !== undefined && isPlaced(group));
  // Over places with trained numbers, as a mixer does.
  const summed = inputs.some((axes, term) =>
    axes?.some((group, i) => isPlaced(group) && !target.includes((terms[term] ?? '')[i] ?? '')),
  );
  return [
    Array.from(target, (letter, i): Group => {
      const size = dims[i] ?? 1;
      const own = first[i];
      const other = groupIn(1, letter);
      if (own !== undefined) return own;
      if (other !== undefined) return both && row !== undefined && isPlaced(other) ? keys(other) : other;
      return whole(summed ? 'places' : 'features', size);
    }),
  ];
};

export const products: readonly (readonly [string, AxesRule])[] = [
  ['MatMul', matMul],
  ['Gemm', gemm],
  ['Einsum', einsum],
];
