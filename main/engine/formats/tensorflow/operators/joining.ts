/** Operators that join tensors, cut them along an axis, or pick from them. */
import { int64 } from '../../../graph/tensor.ts';
import { damaged, intOf, unsupported, type Operation } from '../operation.ts';
import {
  axisOfMap,
  featureMap,
  given,
  MOST_OUTPUTS,
  plain,
  type Translate,
  type Translation,
  type Value,
} from '../translation.ts';

export const joining: Readonly<Record<string, Translate>> = {
  /** A new axis along which the inputs lie. */
  Pack(operation, inputs, t) {
    const axis = intOf(operation, 'axis', 0);
    const parts = inputs.map((value) => t.unsqueeze(t.asStored(value), [axis], `axis ${axis}`));
    return [plain(t.emit(operation, 'Concat', parts, { axis }))];
  },

  /** The inverse of Pack. */
  Unpack(operation, [x], t) {
    const axis = intOf(operation, 'axis', 0);
    const source = t.asStored(given(operation, x));
    return Array.from({ length: partsOf(operation, 'num') }, (_, i) => {
      const inputs = [source, t.constant(int64([i], []), `${operation.name}/index`)];
      const attributes = { axis };
      return plain(
        i === 0
          ? t.emit(operation, 'Gather', inputs, attributes)
          : t.step(operation, `${i}`, 'Gather', inputs, attributes),
      );
    });
  },

  ConcatV2: (operation, inputs, t) => concat(operation, inputs.slice(0, -1), inputs.at(-1), t),

  /** The old form, with its axis first. */
  Concat: (operation, inputs, t) => concat(operation, inputs.slice(1), inputs[0], t),

  Split(operation, [axis, x], t) {
    const count = partsOf(operation, 'num_split');
    const { names, result } = along(operation, given(operation, x), axis, t, (name, along) =>
      t.emitAll(operation, 'Split', [name], count, { axis: along, num_outputs: count }),
    );
    return names.map(result);
  },

  SplitV(operation, [x, sizes, axis], t) {
    const parts = t.numbersOf(operation, sizes, 'sizes');
    const { names, result } = along(operation, given(operation, x), axis, t, (name, along) =>
      t.emitAll(operation, 'Split', [name, t.integers(parts)], parts.length, { axis: along }),
    );
    return names.map(result);
  },

  Gather: (operation, [x, indices], t) => gather(operation, x, indices, 0, t),
  GatherV2(operation, [x, indices, axis], t) {
    const [along = 0] = t.numbersOf(operation, axis, 'axis');
    if (intOf(operation, 'batch_dims', 0) !== 0) throw unsupported(operation, 'gathers in batches');
    return gather(operation, x, indices, along, t);
  },
};

function partsOf(operation: Operation, key: string): number {
  const count = intOf(operation, key, 0);
  if (count >= 1 && count <= MOST_OUTPUTS) return count;
  throw damaged(operation, `is to give ${count} outputs`);
}

function concat(
  operation: Operation,
  parts: readonly Value[],
  axis: Value | undefined,
  t: Translation,
): readonly Value[] {
  const [along = 0] = t.numbersOf(operation, axis, 'axis');
  if (parts.length === 0) throw damaged(operation, 'joins nothing');
  if (parts.some(({ channelsFirst }) => channelsFirst)) {
    const names = parts.map((part) => t.channelsFirst(part));
    return [featureMap(t.emit(operation, 'Concat', names, { axis: axisOfMap(along) }))];
  }
  const names = parts.map(({ name }) => name);
  return [plain(t.emit(operation, 'Concat', names, { axis: along }))];
}

/** Applies an operator with an axis in whichever order `x` is held. */
function along(
  operation: Operation,
  x: Value,
  axis: Value | undefined,
  t: Translation,
  emit: (name: string, axis: number) => string[],
): { names: string[]; result: (name: string) => Value } {
  const [position = 0] = t.numbersOf(operation, axis, 'axis');
  return x.channelsFirst
    ? { names: emit(x.name, axisOfMap(position)), result: featureMap }
    : { names: emit(x.name, position), result: plain };
}

function gather(
  operation: Operation,
  x: Value | undefined,
  indices: Value | undefined,
  axis: number,
  t: Translation,
): readonly Value[] {
  const source = given(operation, x);
  const chosen = given(operation, indices);
  if (source.channelsFirst && t.rank(chosen) === 1) {
    const attributes = { axis: axisOfMap(axis) };
    return [featureMap(t.emit(operation, 'Gather', [source.name, chosen.name], attributes))];
  }
  const inputs = [t.asStored(source), t.asStored(chosen)];
  return [plain(t.emit(operation, 'Gather', inputs, { axis }))];
}
