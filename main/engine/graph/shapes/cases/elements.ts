/** Cases of operators that treat every element alone, with the values of those that take part in computing shapes. */
import {
  bools,
  fed,
  floats,
  ints,
  ints32,
  node,
  scalar,
  variants,
  x,
  type Case,
  type Cases,
} from './case.ts';

const UNARY_OF_IMAGE = [
  ...words(
    'Acos Acosh Asin Asinh Atan Atanh Celu Cos Cosh Elu Erf Gelu HardSigmoid HardSwish IsInf IsNaN LeakyRelu',
  ),
  ...words('Mish Relu Selu Shrink Sigmoid Sin Sinh Softplus Softsign Tan Tanh ThresholdedRelu'),
];
const UNARY_WITH_VALUE = words('Ceil Exp Floor Identity Log Reciprocal Round Sqrt');

/** Binary operators over images that stretch over each other in every way. */
const STRETCHED: readonly Case[] = [
  node({}, [x(2, 3, 4), x(2, 3, 4)]),
  node({}, [x(2, 3, 4), x(4)]),
  node({}, [x(3, 1), x(2, 3, 4)]),
  node({}, [x(1, 3, 1, 5), x(2, 1, 4, 1)]),
  node({}, [x(), x(2, 2)]),
  node({}, [x(1, 3, 4), x(3, 1)]),
];
/** Values of whole numbers and of floats. */
const NUMBERS: readonly Case[] = [
  node({}, [ints([7, -7, 9, 1]), ints([2, 2, -4, 3])]),
  node({}, [ints([224, 5]), scalar(2)]),
  node({}, [ints32([5, -6, 1], [3, 1]), ints32([4, -4])]),
  node({}, [floats([2.5, 7, 0.1]), floats([0.3], [])]),
  node({}, [ints([3]), ints([4, 5], [2, 1])]),
];
/** What slices use for "to the end", in arithmetic. ONNX Runtime's own fmod is not exact there. */
const HUGE = node({}, [
  { tensor: { type: 'int64', dims: [], data: BigInt64Array.of(2n ** 63n - 1n) }, fed: false },
  scalar(3),
]);
const LOGIC: readonly Case[] = [
  node({}, [bools([0, 0, 1, 1]), bools([0, 1, 0, 1])]),
  node({}, [bools([0, 1], [2, 1]), bools([0, 1, 1])]),
  node({}, [fed(bools([1, 0])), bools([1], [])]),
];

export const elements: Cases = {
  ...Object.fromEntries(UNARY_OF_IMAGE.map((op) => [op, variants([x(1, 2, 3, 4)], {})])),
  ...Object.fromEntries(
    UNARY_WITH_VALUE.map((op) => [op, [node({}, [x(2, 3)]), node({}, [floats([0.5, 1.5, 2.5, 3.7, 0.2])])]]),
  ),
  ...Object.fromEntries(
    ['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min'].map((op) => [op, [...STRETCHED, ...NUMBERS, HUGE]]),
  ),
  ...Object.fromEntries(
    ['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'].map((op) => [
      op,
      [...STRETCHED, ...NUMBERS, HUGE],
    ]),
  ),
  ...Object.fromEntries(['And', 'Or', 'Xor'].map((op) => [op, LOGIC])),
  Abs: [node({}, [x(2, 3)]), node({}, [floats([0.5, -1.5])]), node({}, [ints([3, -4])]), alone(HUGE)],
  Neg: [node({}, [x(2, 3)]), node({}, [floats([0.5, -1.5])]), node({}, [ints32([3, -4])]), alone(HUGE)],
  Sign: [node({}, [x(2, 3)]), node({}, [floats([0.5, -1.5, 0])]), node({}, [ints([3, -4, 0])]), alone(HUGE)],
  Sum: [node({}, [x(2, 3), x(3), x(1, 2, 1)]), node({}, [x(2)])],
  Mean: [node({}, [x(2, 3), x(3), x(1, 2, 1)])],
  Mod: [
    ...STRETCHED.map((each) => ({ ...each, attributes: { fmod: 1 } })),
    HUGE,
    ...NUMBERS.filter(({ inputs }) => inputs[0]?.tensor.type !== 'float32'),
    ...NUMBERS.map((each) => ({ ...each, attributes: { fmod: 1 } })),
  ],
  Pow: [
    ...STRETCHED,
    node({}, [ints([2, 3, 5]), ints([3, 0, 2])]),
    node({}, [ints([2, 9]), floats([2, 0.5])]),
    node({}, [floats([2, 0.5, 10]), scalar(2)]),
    node({}, [floats([2, 0.5]), floats([0.5, 3])]),
  ],
  Not: [node({}, [fed(bools([1, 0]))]), node({}, [bools([1, 0, 0], [3, 1])])],
  Clip: [
    node({}, [x(2, 3)]),
    node({}, [x(2, 3), floats([0], []), floats([6], [])]),
    node({}, [x(2, 3), undefined, x()]),
  ],
  PRelu: [node({}, [x(1, 3, 4, 4), x(3, 1, 1)]), node({}, [x(1, 3, 4), x(1)])],
  Where: [
    node({}, [fed(bools([1, 0, 1])), x(2, 1), x(1, 3)]),
    node({}, [bools([1, 0, 1]), ints([1, 2, 3]), ints([-1])]),
    node({}, [bools([0, 1], [2, 1]), floats([1, 2, 3]), floats([9], [])]),
    node({}, [fed(bools([1, 0], [2, 1, 1])), ints([5, 6, 7], [3, 1]), scalar(2)]),
  ],
  Cast: [
    ...variants([x(2, 2)], { to: 1 }, { to: 6 }, { to: 7 }, { to: 9 }),
    ...variants([floats([2.7, -2.7, 0, 0.4])], { to: 1 }, { to: 6 }, { to: 7 }, { to: 9 }),
    ...variants([ints([3, 0, -1, 2 ** 33])], { to: 1 }, { to: 6 }, { to: 7 }, { to: 9 }),
    ...variants([bools([1, 0])], { to: 1 }, { to: 6 }, { to: 7 }, { to: 9 }),
  ],
  CastLike: [node({}, [floats([2.7, -1.2]), ints([1])]), node({}, [x(3, 2), fed(bools([1]))])],
  Dropout: [node({}, [x(2, 3)]), node({}, [x(2, 3), floats([0.5], [])], 2)],
};

/** The case of an operator that takes one input only. */
function alone({ inputs }: Case): Case {
  return node({}, inputs.slice(0, 1));
}

function words(list: string): string[] {
  return list.split(' ');
}
