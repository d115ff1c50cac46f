/** Cutting out of tensors, and framing them. */
import { damaged, intOf, textOf, unsupported, type Operation } from '../operation.ts';
import {
  axisOfMap,
  featureMap,
  given,
  permuted,
  plain,
  type Translate,
  type Translation,
  type Value,
} from '../translation.ts';

const END = Number.MAX_SAFE_INTEGER;

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

const pad: Translate = (operation, [x, paddings, value], t) => {
  const source = given(operation, x);
  const list = t.numbersOf(operation, paddings, 'paddings');
  const pairs = list.flatMap((before, i) => (i % 2 === 0 ? [[before, list[i + 1] ?? 0] as const] : []));
  if (source.channelsFirst && pairs.length !== 4)
    throw damaged(operation, `has paddings for ${pairs.length} axes where 4 are needed`);
  const ordered = source.channelsFirst ? permuted(pairs) : pairs;
  const pads = t.integers([...ordered.map(([before]) => before), ...ordered.map(([, after]) => after)]);
  const mode = textOf(operation, 'mode', '');
  if (mode !== '' && mode !== 'REFLECT')
    throw unsupported(operation, `pads with mode "${mode}"; constants and REFLECT are supported`);
  const inputs = [source.name, pads, ...(value === undefined ? [] : [t.asStored(value)])];
  return [{ ...source, name: t.emit(operation, 'Pad', inputs, mode === '' ? {} : { mode: 'reflect' }) }];
};

export const slicing: Readonly<Record<string, Translate>> = {
  Pad: pad,
  PadV2: pad,
  MirrorPad: pad,

  /** From `begin`, `size` elements along each axis; −1 is all that are left. */
  Slice(operation, [x, begin, size], t) {
    const starts = t.numbersOf(operation, begin, 'begin');
    const sizes = t.numbersOf(operation, size, 'size');
    const cuts = starts.map((start, axis): Cut => {
      const count = sizes[axis] ?? -1;
      return { axis, start, end: count < 0 ? END : start + count, step: 1 };
    });
    return [cut(operation, given(operation, x), cuts, t)];
  },

  /** NumPy's indexing: ranges with steps, single positions, new axes and an ellipsis. */
  StridedSlice(operation, [x, begin, end, strides], t) {
    const source = given(operation, x);
    const { cuts, single, added } = indexing(operation, t.rank(source), [
      t.numbersOf(operation, begin, 'begin'),
      t.numbersOf(operation, end, 'end'),
      t.numbersOf(operation, strides, 'strides'),
    ]);
    if (single.length === 0 && added.length === 0) return [cut(operation, source, cuts, t)];
    const steps = [
      ...(cuts.length > 0 ? [['Slice', cuts] as const] : []),
      ...(single.length > 0 ? [['Squeeze', single] as const] : []),
      ...(added.length > 0 ? [['Unsqueeze', added] as const] : []),
    ];
    let name = t.asStored(source);
    steps.forEach(([op, detail], i) => {
      const inputs = op === 'Slice' ? sliceInputs(name, detail, t) : [name, t.integers(detail)];
      name = i === steps.length - 1 ? t.emit(operation, op, inputs) : t.step(operation, op, op, inputs);
    });
    return [plain(name)];
  },
};

function cut(operation: Operation, x: Value, cuts: readonly Cut[], t: Translation): Value {
  if (cuts.length === 0) return x;
  const moved = x.channelsFirst ? cuts.map((c) => ({ ...c, axis: axisOfMap(c.axis) })) : cuts;
  const name = t.emit(operation, 'Slice', sliceInputs(x.name, moved, t));
  return x.channelsFirst ? featureMap(name) : plain(name);
}

function sliceInputs(x: string, cuts: readonly Cut[], t: Translation): string[] {
  const lists = [
    cuts.map(({ start }) => start),
    cuts.map(({ end }) => end),
    cuts.map(({ axis }) => axis),
    cuts.map(({ step }) => step),
  ];
  return [x, ...lists.map((list) => t.integers(list))];
}

interface Indexing {
  readonly cuts: readonly Cut[];
  /** Axes of the input that are gone, because a single position was taken. */
  readonly single: readonly number[];
  /** Axes of the result that are new. */
  readonly added: readonly number[];
}

/** What the masks of a StridedSlice say about each axis; see `ValidateStridedSliceOp` in TensorFlow. */
function indexing(
  operation: Operation,
  rank: number | undefined,
  [begin, end, strides]: readonly [number[], number[], number[]],
): Indexing {
  const mask = (key: string) => {
    const bits = intOf(operation, `${key}_mask`, 0);
    return (i: number) => i < 32 && ((bits >> i) & 1) === 1;
  };
  const [open, openEnd, ellipsis] = [mask('begin'), mask('end'), mask('ellipsis')];
  const [fresh, shrink] = [mask('new_axis'), mask('shrink_axis')];
  const cuts: Cut[] = [];
  const single: number[] = [];
  const added: number[] = [];
  let axis = 0;
  let result = 0;
  begin.forEach((start, i) => {
    const step = strides[i] ?? 1;
    if (ellipsis(i)) {
      if (rank === undefined)
        throw unsupported(operation, 'has an ellipsis for axes whose number is not known');
      const named = begin.filter((_, j) => j !== i && !fresh(j)).length;
      const skipped = Math.max(0, rank - named);
      axis += skipped;
      result += skipped;
    } else if (fresh(i)) {
      added.push(result++);
    } else if (shrink(i)) {
      cuts.push({ axis, start, end: start === -1 ? END : start + 1, step: 1 });
      single.push(axis++);
    } else {
      if (step === 0) throw damaged(operation, 'has a stride of 0');
      const from = open(i) ? (step > 0 ? 0 : END) : start;
      const to = openEnd(i) ? (step > 0 ? END : -END) : (end[i] ?? END);
      cuts.push({ axis: axis++, start: from, end: to, step });
      result++;
    }
  });
  return { cuts: cuts.filter((c) => c.start !== 0 || c.end !== END || c.step !== 1), single, added };
}
