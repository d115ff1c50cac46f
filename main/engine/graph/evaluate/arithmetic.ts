/** Values of arithmetic, comparisons and casts, rounded and truncated the way ONNX Runtime does. */
import { refuse } from '../shapes/rule.ts';
import { numbers, type Tensor } from '../tensor.ts';
import {
  fromNumbers,
  fromWhole,
  stretch,
  take,
  whole,
  type Kernel,
  type Known,
  type Operation,
} from './kernel.ts';

export const arithmetic: Readonly<Record<string, Kernel>> = {
  Add: combine({ float: (a, b) => a + b, whole: (a, b) => a + b }),
  Sub: combine({ float: (a, b) => a - b, whole: (a, b) => a - b }),
  Mul: combine({ float: (a, b) => a * b, whole: (a, b) => a * b }),
  Div: combine({ float: (a, b) => a / b, whole: (a, b) => a / divisor(b) }),
  Max: combine({ float: Math.max, whole: (a, b) => (a > b ? a : b) }),
  Min: combine({ float: Math.min, whole: (a, b) => (a < b ? a : b) }),
  Mod: (known) => (known.node.attributes['fmod'] === 1 ? truncatedMod(known) : flooredMod(known)),
  Pow: (known) => map2(known, (a, b) => a ** b),

  Equal: compare((a, b) => a === b),
  Greater: compare((a, b) => a > b),
  GreaterOrEqual: compare((a, b) => a >= b),
  Less: compare((a, b) => a < b),
  LessOrEqual: compare((a, b) => a <= b),
  And: (known) => map2(known, (a, b) => a & b),
  Or: (known) => map2(known, (a, b) => a | b),
  Xor: (known) => map2(known, (a, b) => a ^ b),

  Not: (known) => map1(known, (v) => 1 - v),
  Abs: alone({ float: Math.abs, whole: (v) => (v < 0n ? -v : v) }),
  Neg: alone({ float: (v) => -v, whole: (v) => -v }),
  Sign: alone({ float: Math.sign, whole: (v) => (v > 0n ? 1n : v < 0n ? -1n : 0n) }),
  Ceil: (known) => map1(known, Math.ceil),
  Floor: (known) => map1(known, Math.floor),
  Round: (known) => map1(known, roundHalfToEven),
  Sqrt: (known) => map1(known, Math.sqrt),
  Exp: (known) => map1(known, Math.exp),
  Log: (known) => map1(known, Math.log),
  Reciprocal: (known) => map1(known, (v) => 1 / v),
  Cast: cast,
  CastLike: cast,
};

const flooredMod = combine({
  float: (a, b) => a - b * Math.floor(a / b),
  whole: (a, b) => ((a % divisor(b)) + b) % b,
});
const truncatedMod = combine({ float: (a, b) => a % b, whole: (a, b) => a % divisor(b) });

interface UnaryOperation {
  readonly float: (v: number) => number;
  readonly whole: (v: bigint) => bigint;
}

/** Folds an operation over all inputs, each stretched over the output. */
function combine(operation: Operation): Kernel {
  return ({ inputs, outputs: [output] }) => {
    const operands = inputs.flatMap((input) =>
      input === undefined || output === undefined ? [] : [stretched(input.value, output.dims)],
    );
    const [first, ...rest] = operands;
    if (output === undefined || first === undefined) return undefined;
    const result = rest.reduce<Tensor | undefined>((a, b) => a && apply(operation, a, b), first);
    return result && [result];
  };
}

/** A function of one tensor, exact for whole numbers of any size. */
function alone({ float, whole: integer }: UnaryOperation): Kernel {
  return (known) => {
    const {
      inputs: [a],
      outputs: [output],
    } = known;
    if (a === undefined || output === undefined) return undefined;
    if (a.type === 'float32') return map1(known, float);
    return [fromWhole(a.type, output.dims, whole(a.value).map(integer))];
  };
}

function apply(operation: Operation, a: Tensor, b: Tensor): Tensor | undefined {
  if (a.type === 'float32') {
    const right = numbers(b);
    return fromNumbers(
      a.type,
      a.dims,
      Array.from(a.data, (v, i) => operation.float(v, right[i] ?? 0)),
    );
  }
  const right = whole(b);
  return fromWhole(
    a.type,
    a.dims,
    whole(a).map((v, i) => operation.whole(v, right[i] ?? 0n)),
  );
}

function compare(holds: (a: number | bigint, b: number | bigint) => boolean): Kernel {
  return ({ inputs: [a, b], outputs: [output] }) => {
    if (a === undefined || b === undefined || output === undefined) return undefined;
    const right: (number | bigint)[] = Array.from<number | bigint>(stretched(b.value, output.dims).data);
    const left = Array.from<number | bigint>(stretched(a.value, output.dims).data);
    const data = Uint8Array.from(left, (v, i) => Number(holds(v, right[i] ?? 0)));
    return [{ type: 'bool', dims: output.dims, data }];
  };
}

/** A function of two tensors computed in double precision and rounded to the output's type. */
function map2(
  { inputs: [a, b], outputs: [output] }: Known,
  f: (a: number, b: number) => number,
): Tensor[] | undefined {
  if (a === undefined || b === undefined || output === undefined) return undefined;
  const right = numbers(stretched(b.value, output.dims));
  const left = numbers(stretched(a.value, output.dims));
  const result = fromNumbers(
    output.type,
    output.dims,
    left.map((v, i) => f(v, right[i] ?? 0)),
  );
  return result && [result];
}

function map1({ inputs: [a], outputs: [output] }: Known, f: (v: number) => number): Tensor[] | undefined {
  const result = a && output && fromNumbers(output.type, output.dims, numbers(a.value).map(f));
  return result && [result];
}

function cast({ inputs: [a], outputs: [output] }: Known): Tensor[] | undefined {
  if (a === undefined || output === undefined) return undefined;
  const { value } = a;
  const result =
    value.type === 'float32'
      ? fromNumbers(output.type, output.dims, numbers(value))
      : fromWhole(output.type, output.dims, whole(value));
  return result && [result];
}

function stretched(tensor: Tensor, dims: readonly number[]): Tensor {
  return take(tensor, dims, stretch(tensor.dims, dims));
}

/** ONNX Runtime ends the process when it divides whole numbers by zero. */
function divisor(value: bigint): bigint {
  return value !== 0n ? value : refuse('model/unreadable', 'divides a whole number by 0');
}

function roundHalfToEven(value: number): number {
  const nearest = Math.round(value);
  return nearest - value === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
}
