/** What the numeric tests of the gradient rules are written in: a small graph, the values it is tried at, and how smooth it is there. */
import type { Attributes, Builder } from '../../graph/builder.ts';
import type { Name } from '../../graph/graph.ts';
import { bool, float32, int64, sizeOf, type Tensor } from '../../graph/tensor.ts';
import type { Random } from './random.ts';

/** A tensor, or the way to draw one. */
export type Operand = Tensor | ((random: Random) => Tensor);

/**
 * How the outputs depend on each input, the others held fixed. It decides the step of the differences that a gradient is
 * compared with, see `main/engine/testing/gradient-check.ts`.
 */
export type Smoothness = 'linear' | 'kinked' | 'smooth';

export interface GradientCase {
  readonly title: string;
  readonly operands: readonly (Operand | null)[];
  /** Positions of the operands that are differentiated; all others are constants of the graph. */
  readonly wrt: readonly number[];
  readonly smoothness: Smoothness;
  /** Whether the TensorFlow runtime refuses it, in a sentence, because it lacks the operator. */
  readonly refusedByTensorflow?: true;
  /** Appends the graph under test; the outputs that count. */
  build(g: Builder, operands: readonly Name[]): readonly Name[];
}

export interface Options {
  readonly wrt?: readonly number[];
  readonly outputs?: number;
  /** Which outputs count; all by default. */
  readonly counted?: readonly number[];
}

type Declare = (
  op: string,
  attributes: Attributes,
  operands: readonly (Operand | null)[],
  options?: Options,
) => GradientCase;

const declare =
  (smoothness: Smoothness): Declare =>
  (op, attributes, operands, { wrt = [0], outputs = 1, counted } = {}) => ({
    title: titleOf(op, attributes, operands, wrt),
    operands,
    wrt,
    smoothness,
    build(g, names) {
      const all = g.node(op, names, attributes, outputs);
      return counted === undefined ? all : all.filter((_, i) => counted.includes(i));
    },
  });

/** One operator, linear in each of its inputs. */
export const linear = declare('linear');
/** One operator that is linear between kinks, of which there are none within the reach of the differences. */
export const kinked = declare('kinked');
/** One operator with derivatives of all orders. */
export const smooth = declare('smooth');

/** Marks cases that the TensorFlow runtime refuses. */
export const withoutTensorflow = (...cases: readonly GradientCase[]): GradientCase[] =>
  cases.map((test) => ({ ...test, refusedByTensorflow: true }));

/** Several operators; `title` says what it is about. */
export function network(
  title: string,
  smoothness: Smoothness,
  operands: readonly Operand[],
  build: (g: Builder, operands: readonly Name[]) => readonly Name[],
  wrt: readonly number[] = [0],
): GradientCase {
  return { title, smoothness, operands, wrt, build };
}

const draw =
  (value: (random: Random, i: number) => number) =>
  (...dims: number[]): Operand =>
  (random) =>
    float32(
      Float32Array.from({ length: sizeOf(dims) }, (_, i) => value(random, i)),
      dims,
    );

/** Standard normal values. */
export const normal = draw((random) => random.normal());

/** Values in [0.5, 2], for logarithms, roots and divisors. */
export const positive = draw((random) => 0.5 + 1.5 * random.uniform());

/** Values in [−0.8, 0.8], for functions that are defined up to ±1. */
export const small = draw((random) => 1.6 * random.uniform() - 0.8);

/** Shuffled values 1/8 apart, none nearer to a whole number than 1/16: maxima and thresholds stay where they are. */
export const spaced =
  (...dims: number[]): Operand =>
  (random) => {
    const count = sizeOf(dims);
    const order = random.shuffled(count);
    return float32(
      order.map((place) => (place - Math.floor(count / 2)) / 8 + 1 / 16),
      dims,
    );
  };

/** Given floats. */
export const floats = (values: readonly number[], ...dims: number[]): Tensor =>
  float32(values, dims.length === 0 ? [values.length] : dims);
/** A float without axes. */
export const scalar = (value: number): Tensor => float32([value], []);
/** Given integers. */
export const ints = (values: readonly number[], ...dims: number[]): Tensor =>
  int64(values, dims.length === 0 ? [values.length] : dims);
/** An integer without axes. */
export const index = (value: number): Tensor => int64([value], []);
/** Given truths, as 0 and 1. */
export const truths = (values: readonly number[], ...dims: number[]): Tensor =>
  bool(
    values.map((v) => v !== 0),
    dims.length === 0 ? [values.length] : dims,
  );

/** `Conv {"strides":[2,2]} [1,3,7,8] [4,3,3,3]′`: operator, attributes and shapes; a prime marks what is differentiated. */
function titleOf(
  op: string,
  attributes: Attributes,
  operands: readonly (Operand | null)[],
  wrt: readonly number[],
): string {
  const shapes = operands.map((operand, i) => {
    const mark = wrt.includes(i) ? '′' : '';
    if (operand === null) return '–';
    const tensor = typeof operand === 'function' ? operand(SHAPES_ONLY) : operand;
    return tensor.type === 'float32'
      ? `[${tensor.dims.join()}]${mark}`
      : `(${Array.from<number | bigint, string>(tensor.data, String).join()})`;
  });
  return [op, Object.keys(attributes).length === 0 ? '' : JSON.stringify(attributes), ...shapes]
    .filter((part) => part !== '')
    .join(' ');
}

const SHAPES_ONLY: Random = {
  uniform: () => 0,
  normal: () => 0,
  sign: () => 1,
  shuffled: (n) => new Array<number>(n).fill(0),
};
