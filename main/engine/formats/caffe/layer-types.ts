/** The names of layer types in the three generations of Caffe's files. */

/** Words of the enumeration `V1LayerParameter.LayerType` with their numbers and the names of the present. */
const V1: readonly (readonly [word: string, value: number, type: string])[] = [
  ['NONE', 0, ''],
  ['ACCURACY', 1, 'Accuracy'],
  ['BNLL', 2, 'BNLL'],
  ['CONCAT', 3, 'Concat'],
  ['CONVOLUTION', 4, 'Convolution'],
  ['DATA', 5, 'Data'],
  ['DROPOUT', 6, 'Dropout'],
  ['EUCLIDEAN_LOSS', 7, 'EuclideanLoss'],
  ['FLATTEN', 8, 'Flatten'],
  ['HDF5_DATA', 9, 'HDF5Data'],
  ['HDF5_OUTPUT', 10, 'HDF5Output'],
  ['IM2COL', 11, 'Im2col'],
  ['IMAGE_DATA', 12, 'ImageData'],
  ['INFOGAIN_LOSS', 13, 'InfogainLoss'],
  ['INNER_PRODUCT', 14, 'InnerProduct'],
  ['LRN', 15, 'LRN'],
  ['MULTINOMIAL_LOGISTIC_LOSS', 16, 'MultinomialLogisticLoss'],
  ['POOLING', 17, 'Pooling'],
  ['RELU', 18, 'ReLU'],
  ['SIGMOID', 19, 'Sigmoid'],
  ['SOFTMAX', 20, 'Softmax'],
  ['SOFTMAX_LOSS', 21, 'SoftmaxWithLoss'],
  ['SPLIT', 22, 'Split'],
  ['TANH', 23, 'TanH'],
  ['WINDOW_DATA', 24, 'WindowData'],
  ['ELTWISE', 25, 'Eltwise'],
  ['POWER', 26, 'Power'],
  ['SIGMOID_CROSS_ENTROPY_LOSS', 27, 'SigmoidCrossEntropyLoss'],
  ['HINGE_LOSS', 28, 'HingeLoss'],
  ['MEMORY_DATA', 29, 'MemoryData'],
  ['ARGMAX', 30, 'ArgMax'],
  ['THRESHOLD', 31, 'Threshold'],
  ['DUMMY_DATA', 32, 'DummyData'],
  ['SLICE', 33, 'Slice'],
  ['MVN', 34, 'MVN'],
  ['ABSVAL', 35, 'AbsVal'],
  ['SILENCE', 36, 'Silence'],
  ['CONTRASTIVE_LOSS', 37, 'ContrastiveLoss'],
  ['EXP', 38, 'Exp'],
  ['DECONVOLUTION', 39, 'Deconvolution'],
];

/** The enumeration, for the descriptor of the format. */
export const v1Values: Readonly<Record<string, number>> = Object.fromEntries(
  V1.map(([word, value]) => [word, value]),
);

const fromV1 = new Map(V1.map(([word, , type]) => [word, type]));

/** The type of a version 1 layer; one that is not known keeps its number or word. */
export function typeOfV1(type: string | number | undefined): string {
  return fromV1.get(`${type ?? 'NONE'}`) ?? `${type ?? ''}`;
}

const fromV0: Readonly<Record<string, string>> = {
  accuracy: 'Accuracy',
  bnll: 'BNLL',
  concat: 'Concat',
  conv: 'Convolution',
  data: 'Data',
  dropout: 'Dropout',
  euclidean_loss: 'EuclideanLoss',
  flatten: 'Flatten',
  hdf5_data: 'HDF5Data',
  hdf5_output: 'HDF5Output',
  im2col: 'Im2col',
  images: 'ImageData',
  infogain_loss: 'InfogainLoss',
  innerproduct: 'InnerProduct',
  lrn: 'LRN',
  multinomial_logistic_loss: 'MultinomialLogisticLoss',
  pool: 'Pooling',
  relu: 'ReLU',
  sigmoid: 'Sigmoid',
  softmax: 'Softmax',
  softmax_loss: 'SoftmaxWithLoss',
  split: 'Split',
  tanh: 'TanH',
  window_data: 'WindowData',
};

/** The type of a version 0 layer; one that is not known keeps its name. */
export function typeOfV0(type: string): string {
  return Object.hasOwn(fromV0, type) ? (fromV0[type] ?? type) : type;
}
