/** Operators that treat every element alone, so that the order of axes matters only where tensors are stretched. */
import { damaged, floatOf, textOf, typeOf, unsupported, type Operation } from '../operation.ts';
import { aligned } from '../align.ts';
import { widen } from '../tensor.ts';
import { given, plain, type Translate, type Translation, type Value } from '../translation.ts';

/** A function of one tensor. */
const unary =
  (kind: string, attributes: (operation: Operation) => Record<string, number> = () => ({})): Translate =>
  (operation, inputs, t) => {
    const x = given(operation, inputs[0]);
    return [{ ...x, name: t.emit(operation, kind, [x.name], attributes(operation)) }];
  };

/** A function of two tensors, stretched over each other; `after` is applied to the result. */
const binary =
  (kind: string, after?: string): Translate =>
  (operation, inputs, t) => {
    const { names, result } = aligned(operation, two(operation, inputs), t);
    const y = after === undefined ? undefined : t.step(operation, kind.toLowerCase(), kind, names);
    return [result(y === undefined ? t.emit(operation, kind, names) : t.emit(operation, after ?? '', [y]))];
  };

const biasAdd: Translate = (operation, inputs, t) => {
  const [x, bias] = two(operation, inputs);
  // A bias belongs to the channels, which come second here; stretching would give it to the last axis.
  if (textOf(operation, 'data_format', 'NHWC') === 'NCHW' && (t.rank(x) ?? 4) > 2) {
    const column = [-1, ...new Array<number>((t.rank(x) ?? 4) - 2).fill(1)];
    return [plain(t.emit(operation, 'Add', [t.asStored(x), columnOf(bias, column, t)]))];
  }
  return binary('Add')(operation, inputs, t);
};

const select: Translate = (operation, inputs, t) => {
  if (inputs.length !== 3) throw damaged(operation, `has ${inputs.length} inputs where 3 are needed`);
  const { names, result } = aligned(operation, inputs, t);
  return [result(t.emit(operation, 'Where', names))];
};

const pass: Translate = (_, inputs) => inputs;

export const elementwise: Readonly<Record<string, Translate>> = {
  ...Object.fromEntries(
    // Names that both sides share.
    [
      ...[
        'Abs',
        'Acos',
        'Acosh',
        'Asin',
        'Asinh',
        'Atan',
        'Atanh',
        'Ceil',
        'Cos',
        'Cosh',
        'Elu',
        'Erf',
        'Exp',
      ],
      ...['Floor', 'Log', 'Neg', 'Reciprocal', 'Relu', 'Round', 'Selu', 'Sigmoid', 'Sign', 'Sin', 'Sinh'],
      ...['Softplus', 'Softsign', 'Sqrt', 'Tan', 'Tanh'],
    ].map((kind) => [kind, unary(kind)]),
  ),
  ...Object.fromEntries(
    ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Equal', 'Greater', 'Less'].map((kind) => [kind, binary(kind)]),
  ),
  Inv: unary('Reciprocal'),
  Rint: unary('Round'),
  LogicalNot: unary('Not'),
  LeakyRelu: unary('LeakyRelu', (operation) => ({ alpha: floatOf(operation, 'alpha', 0.2) })),
  AddV2: binary('Add'),
  RealDiv: binary('Div'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  GreaterEqual: binary('GreaterOrEqual'),
  LessEqual: binary('LessOrEqual'),
  LogicalAnd: binary('And'),
  LogicalOr: binary('Or'),
  BiasAdd: biasAdd,
  BiasAddV1: biasAdd,

  // What passes its input on: it is left out.
  Identity: pass,
  IdentityN: pass,
  StopGradient: pass,
  PreventGradient: pass,
  CheckNumerics: pass,
  Snapshot: pass,
  EnsureShape: pass,
  Print: pass,
  PlaceholderWithDefault: pass,

  Relu6(operation, inputs, t) {
    const x = given(operation, inputs[0]);
    return [{ ...x, name: t.emit(operation, 'Clip', [x.name, t.scalar(0), t.scalar(6)]) }];
  },

  ClipByValue(operation, inputs, t) {
    const x = given(operation, inputs[0]);
    const bounds = inputs.slice(1).map((value) => t.asStored(value));
    return [{ ...x, name: t.emit(operation, 'Clip', [x.name, ...bounds]) }];
  },

  Rsqrt(operation, inputs, t) {
    const x = given(operation, inputs[0]);
    const root = t.step(operation, 'sqrt', 'Sqrt', [x.name]);
    return [{ ...x, name: t.emit(operation, 'Reciprocal', [root]) }];
  },

  Square(operation, inputs, t) {
    const x = given(operation, inputs[0]);
    return [{ ...x, name: t.emit(operation, 'Mul', [x.name, x.name]) }];
  },

  SquaredDifference(operation, inputs, t) {
    const { names, result } = aligned(operation, two(operation, inputs), t);
    const difference = t.step(operation, 'sub', 'Sub', names);
    return [result(t.emit(operation, 'Mul', [difference, difference]))];
  },

  /** ONNX divides integers towards zero, which for sizes is the same. */
  FloorDiv(operation, inputs, t) {
    const integer = inputs.every(({ name }) => t.info(name)?.type === 'int64');
    return binary('Div', integer ? undefined : 'Floor')(operation, inputs, t);
  },

  AddN(operation, inputs, t) {
    given(operation, inputs[0]);
    const { names, result } = aligned(operation, inputs, t);
    return [result(t.emit(operation, 'Sum', names))];
  },

  SelectV2: select,

  /** The old form does not stretch, but chooses rows where its condition is a list. */
  Select(operation, inputs, t) {
    const [condition, x] = inputs.map((value) => t.rank(value));
    if (condition === 1 && x !== 1) throw unsupported(operation, 'chooses whole rows');
    return select(operation, inputs, t);
  },

  /** A cast between types that are one here passes its input on, so that weights stored as halves stay constants. */
  Cast(operation, inputs, t) {
    const x = given(operation, inputs[0]);
    const target = widen(typeOf(operation, 'DstT'));
    if (target === null) throw damaged(operation, `casts to TensorFlow's type ${typeOf(operation, 'DstT')}`);
    const source = t.info(x.name)?.type ?? widen(typeOf(operation, 'SrcT'));
    if (source === target) return [x];
    return [{ ...x, name: t.emit(operation, 'Cast', [x.name], { to: ONNX_TYPES[target] }) }];
  },
};

const ONNX_TYPES = { float32: 1, int64: 7, bool: 9 } as const;

function two(operation: Operation, inputs: readonly Value[]): readonly [Value, Value] {
  const [a, b] = inputs;
  if (a === undefined || b === undefined || inputs.length > 2)
    throw damaged(operation, `has ${inputs.length} inputs where 2 are needed`);
  return [a, b];
}

function columnOf(bias: Value, dims: readonly number[], t: Translation): string {
  const known = t.info(bias.name)?.dims[0];
  return t.reshape(t.asStored(bias), known === undefined ? dims : [known, ...dims.slice(1)], 'column');
}
