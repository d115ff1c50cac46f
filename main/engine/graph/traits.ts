/**
 * What is true of each operator wherever it stands, by ONNX name: the one place where everything else looks
 * such things up. Every operator with a shape rule or a gradient rule has a row, and no other (see
 * `traits.test.ts`).
 */
import type { LayerRole } from '../../../shared/contract/models.ts';

export interface Traits {
  /** What it does in a network; `plumbing` only carries values along, and is no layer of its own. */
  readonly role: LayerRole | 'plumbing';
  /** What it does where two or more of its inputs depend on the picture, if that is something else. */
  readonly joining?: LayerRole;

  /** Whether channel c of the output is about what channel c of the input is about. */
  readonly channels: 'kept' | 'mixed';
  /**
   * Where in the picture a value looks: where the input's value of the same place does (`kept`); the same, as
   * long as height and width keep their sizes (`by shape`); as a function of its own says (`rule`, in
   * `models/receptive-field.ts`); anywhere (`lost`).
   */
  readonly place: 'kept' | 'by shape' | 'rule' | 'lost';
  /** Passes all values on as they are, at most in another order or shape, repeated, or framed. */
  readonly carries?: true;

  /**
   * A ReLU or one of its kin, whose gradient guided backpropagation replaces. A Clip is one where it cuts at
   * zero.
   */
  readonly gate?: true;
  /** Constant over a half-line: a unit behind it can be silent, without any gradient. */
  readonly saturates?: true;
  /** `positive`: never gives a negative number; `kept`: not from inputs that hold none. */
  readonly sign?: 'positive' | 'kept';

  /**
   * What its trained constants do: its second input is the matrix of a linear map, or they scale every
   * channel.
   */
  readonly weights?: 'linear' | 'scale';
  /**
   * `in place`: the result may overwrite an input that is not read again; `view`: it is its input in another
   * form.
   */
  readonly memory?: 'in place' | 'view';
}

const ACTIVATION = { role: 'activation', channels: 'kept', place: 'kept' } as const;
/**
 * ONNX Runtime 1.30 computes these in place on the processor. Measured; those without the trait take a second
 * tensor.
 */
const OVERWRITING = { ...ACTIVATION, memory: 'in place' } as const;
const FUNCTION = { role: 'arithmetic', channels: 'kept', place: 'kept' } as const;
/**
 * In place as far as the estimate of a dream's memory goes, which was fitted to measurements with these so
 * (`dream/memory.ts`).
 */
const ARITHMETIC = { ...FUNCTION, memory: 'in place' } as const;
/** Gives truths, places or sizes, of which no layer consists. */
const DECISION = { role: 'other', channels: 'kept', place: 'kept' } as const;
const NORMALISATION = { role: 'normalisation', channels: 'kept', place: 'rule' } as const;
const SOFTMAX = { role: 'softmax', channels: 'kept', place: 'rule' } as const;
const POOLING = { role: 'pooling', channels: 'kept', place: 'rule' } as const;
const REDUCTION = { role: 'other', channels: 'mixed', place: 'rule' } as const;
/** Picks, leaves out or repeats values. */
const SELECTION = { role: 'rearrangement', channels: 'mixed', place: 'by shape', sign: 'kept' } as const;
const PLUMBING = {
  role: 'plumbing',
  channels: 'mixed',
  place: 'by shape',
  carries: true,
  sign: 'kept',
} as const;
const VIEW = { ...PLUMBING, memory: 'view' } as const;
/** Passes on what it gets outside training. */
const IDENTITY = { ...PLUMBING, channels: 'kept', place: 'kept' } as const;
const GENERATOR = { role: 'other', channels: 'mixed', place: 'lost' } as const;

/** Operators by what they do in a network. */
export const traits = {
  // Linear maps with trained weights.
  Conv: { role: 'convolution', channels: 'mixed', place: 'rule', weights: 'linear' },
  ConvTranspose: { role: 'convolution', channels: 'mixed', place: 'rule', weights: 'linear' },
  DeformConv: { role: 'convolution', channels: 'mixed', place: 'lost', weights: 'linear' },
  Gemm: { role: 'linear', joining: 'product', channels: 'mixed', place: 'lost', weights: 'linear' },
  MatMul: { role: 'linear', joining: 'product', channels: 'mixed', place: 'rule', weights: 'linear' },
  Einsum: { role: 'linear', joining: 'product', channels: 'mixed', place: 'lost', weights: 'linear' },

  // Activations.
  Relu: { ...OVERWRITING, gate: true, saturates: true, sign: 'positive' },
  LeakyRelu: { ...OVERWRITING, gate: true, sign: 'kept' },
  PRelu: { ...ACTIVATION, gate: true, weights: 'scale' },
  ThresholdedRelu: { ...OVERWRITING, gate: true, saturates: true, sign: 'kept' },
  Clip: { ...OVERWRITING, gate: true, saturates: true },
  Elu: { ...OVERWRITING, sign: 'kept' },
  Selu: { ...OVERWRITING, sign: 'kept' },
  Celu: { ...OVERWRITING, sign: 'kept' },
  Gelu: { ...ACTIVATION, sign: 'kept' },
  Mish: { ...ACTIVATION, sign: 'kept' },
  HardSwish: { ...ACTIVATION, saturates: true, sign: 'kept' },
  Sigmoid: { ...OVERWRITING, sign: 'positive' },
  HardSigmoid: { ...OVERWRITING, saturates: true, sign: 'positive' },
  Softplus: { ...OVERWRITING, sign: 'positive' },
  Softsign: { ...OVERWRITING, sign: 'kept' },
  Tanh: { ...OVERWRITING, sign: 'kept' },
  Shrink: OVERWRITING,

  // Functions of one number.
  Abs: { ...ARITHMETIC, sign: 'positive' },
  Acos: { ...FUNCTION, sign: 'positive' },
  Acosh: { ...FUNCTION, sign: 'positive' },
  Asin: { ...FUNCTION, sign: 'kept' },
  Asinh: { ...FUNCTION, sign: 'kept' },
  Atan: { ...FUNCTION, sign: 'kept' },
  Atanh: { ...FUNCTION, sign: 'kept' },
  Ceil: { ...FUNCTION, sign: 'kept' },
  Cos: FUNCTION,
  Cosh: { ...FUNCTION, sign: 'positive' },
  Erf: { ...FUNCTION, sign: 'kept' },
  Exp: { ...ARITHMETIC, sign: 'positive' },
  Floor: { ...FUNCTION, sign: 'kept' },
  Log: ARITHMETIC,
  Neg: ARITHMETIC,
  Reciprocal: { ...FUNCTION, sign: 'kept' },
  Round: { ...FUNCTION, sign: 'kept' },
  Sign: { ...FUNCTION, sign: 'kept' },
  Sin: FUNCTION,
  Sinh: { ...FUNCTION, sign: 'kept' },
  Sqrt: { ...ARITHMETIC, sign: 'positive' },
  Tan: FUNCTION,

  // Arithmetic of several tensors.
  Add: { ...ARITHMETIC, joining: 'join', sign: 'kept' },
  Sub: ARITHMETIC,
  Mul: { ...ARITHMETIC, joining: 'gating', sign: 'kept' },
  Div: { ...ARITHMETIC, joining: 'gating', sign: 'kept' },
  Mod: FUNCTION,
  Pow: ARITHMETIC,
  Max: { ...ARITHMETIC, joining: 'join', sign: 'kept' },
  Min: { ...ARITHMETIC, joining: 'join', sign: 'kept' },
  Sum: { ...FUNCTION, joining: 'join', sign: 'kept' },
  Mean: { ...FUNCTION, joining: 'join', sign: 'kept' },
  Where: { ...ARITHMETIC, joining: 'gating' },

  // Normalisations.
  BatchNormalization: { ...NORMALISATION, place: 'kept', weights: 'scale' },
  InstanceNormalization: { ...NORMALISATION, weights: 'scale' },
  GroupNormalization: { ...NORMALISATION, weights: 'scale' },
  LayerNormalization: { ...NORMALISATION, weights: 'scale' },
  MeanVarianceNormalization: NORMALISATION,
  LRN: { ...NORMALISATION, place: 'kept', sign: 'kept' },
  LpNormalization: { ...NORMALISATION, sign: 'kept' },
  Softmax: { ...SOFTMAX, sign: 'positive', memory: 'in place' },
  LogSoftmax: SOFTMAX,
  Hardmax: { ...SOFTMAX, sign: 'positive' },

  // Other sizes of the same map.
  MaxPool: { ...POOLING, sign: 'kept' },
  AveragePool: { ...POOLING, sign: 'kept' },
  LpPool: { ...POOLING, sign: 'positive' },
  GlobalMaxPool: { ...POOLING, sign: 'kept' },
  GlobalAveragePool: { ...POOLING, sign: 'kept' },
  GlobalLpPool: { ...POOLING, sign: 'positive' },
  Resize: { role: 'resampling', channels: 'kept', place: 'rule' },
  GridSample: { role: 'resampling', channels: 'kept', place: 'lost' },
  RoiAlign: { role: 'resampling', channels: 'kept', place: 'lost', sign: 'kept' },
  MaxUnpool: { role: 'resampling', channels: 'kept', place: 'lost', sign: 'kept' },
  DepthToSpace: { role: 'resampling', channels: 'mixed', place: 'rule', sign: 'kept' },
  SpaceToDepth: { role: 'resampling', channels: 'mixed', place: 'rule', sign: 'kept' },

  // Sums, extremes and ranks along axes.
  ReduceSum: { ...REDUCTION, sign: 'kept' },
  ReduceMean: { ...REDUCTION, sign: 'kept' },
  ReduceMax: { ...REDUCTION, sign: 'kept' },
  ReduceMin: { ...REDUCTION, sign: 'kept' },
  ReduceProd: { ...REDUCTION, sign: 'kept' },
  ReduceL1: { ...REDUCTION, sign: 'positive' },
  ReduceL2: { ...REDUCTION, sign: 'positive' },
  ReduceSumSquare: { ...REDUCTION, sign: 'positive' },
  ReduceLogSum: REDUCTION,
  ReduceLogSumExp: REDUCTION,
  ArgMax: { ...REDUCTION, place: 'by shape' },
  ArgMin: { ...REDUCTION, place: 'by shape' },
  TopK: { ...REDUCTION, place: 'lost', sign: 'kept' },
  CumSum: { ...REDUCTION, sign: 'kept' },

  // Values in other places.
  Concat: { ...SELECTION, joining: 'join' },
  Split: SELECTION,
  Slice: SELECTION,
  Gather: SELECTION,
  GatherElements: SELECTION,
  GatherND: SELECTION,
  ScatterElements: { ...SELECTION, joining: 'join' },
  ScatterND: { ...SELECTION, joining: 'join' },
  Tile: SELECTION,
  Trilu: { ...SELECTION, memory: 'in place' },
  Pad: { ...SELECTION, channels: 'kept', place: 'rule', carries: true },
  CenterCropPad: { ...SELECTION, channels: 'kept', place: 'lost' },
  Col2Im: { ...SELECTION, place: 'lost' },

  // The same values in another form.
  Identity: { ...IDENTITY, memory: 'view' },
  Dropout: { ...IDENTITY, memory: 'view' },
  Cast: { ...IDENTITY, memory: 'in place' },
  CastLike: IDENTITY,
  Reshape: VIEW,
  Flatten: VIEW,
  Squeeze: VIEW,
  Unsqueeze: VIEW,
  Transpose: { ...PLUMBING, place: 'rule' },
  Expand: PLUMBING,

  // Decisions.
  And: DECISION,
  Or: DECISION,
  Xor: DECISION,
  Not: DECISION,
  Equal: DECISION,
  Greater: DECISION,
  GreaterOrEqual: DECISION,
  Less: DECISION,
  LessOrEqual: DECISION,
  IsNaN: DECISION,
  IsInf: DECISION,

  // Shapes, and what is made of them.
  Constant: GENERATOR,
  AffineGrid: GENERATOR,
  ConstantOfShape: GENERATOR,
  EyeLike: GENERATOR,
  NonZero: GENERATOR,
  OneHot: GENERATOR,
  Range: GENERATOR,
  Shape: { ...GENERATOR, role: 'plumbing' },
  Size: GENERATOR,
} as const satisfies Readonly<Record<string, Traits>>;

const byName: ReadonlyMap<string, Traits> = new Map(Object.entries(traits));

/** What is true of an operator; undefined for one that no table knows. */
export const traitsOf = (operator: string): Traits | undefined => byName.get(operator);

/** The operators of which something is true. */
export const operatorsWith = (holds: (traits: Traits) => boolean): ReadonlySet<string> =>
  new Set(Array.from(byName).flatMap(([operator, its]) => (holds(its) ? [operator] : [])));
