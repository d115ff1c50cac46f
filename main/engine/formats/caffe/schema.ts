/**
 * The part of caffe.proto that is read here, as a protobufjs descriptor: field numbers are those of
 * https://github.com/BVLC/caffe/blob/master/src/caffe/proto/caffe.proto. Fields that are not declared are skipped. The
 * same descriptor tells `prototxt.ts` what the fields of a text are.
 */
import protobuf from 'protobufjs/light.js';
import { BoundedReader } from '../protobuf.ts';
import { v1Values } from './layer-types.ts';
import type { NetParameter } from './messages.ts';

const optional = (type: string, id: number) => ({ type, id });
const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });

/** Field numbers that `signature.ts` and `blob.ts` read by hand. */
export const Field = { netLayers: 2, netLayer: 100, blobData: 5, blobShape: 7, blobDoubleData: 8 } as const;

const affine = { base: optional('float', 1), scale: optional('float', 2), shift: optional('float', 3) };

const messages = {
  BlobShape: { dim: repeated('int32', 1) },
  NetParameter: {
    name: optional('string', 1),
    layers: repeated('V1LayerParameter', Field.netLayers),
    input: repeated('string', 3),
    inputDim: repeated('int32', 4),
    inputShape: repeated('BlobShape', 8),
    layer: repeated('LayerParameter', Field.netLayer),
  },
  NetStateRule: {
    phase: optional('Phase', 1),
    minLevel: optional('int32', 2),
    maxLevel: optional('int32', 3),
    stage: repeated('string', 4),
    notStage: repeated('string', 5),
  },
  LayerParameter: {
    name: optional('string', 1),
    type: optional('string', 2),
    bottom: repeated('string', 3),
    top: repeated('string', 4),
    lossWeight: repeated('float', 5),
    // Messages of the type BlobProto, which `blob.ts` reads without a detour.
    blobs: repeated('bytes', 7),
    include: repeated('NetStateRule', 8),
    exclude: repeated('NetStateRule', 9),
    transformParam: optional('TransformationParameter', 100),
    concatParam: optional('ConcatParameter', 104),
    convolutionParam: optional('ConvolutionParameter', 106),
    dataParam: optional('DataParameter', 107),
    dummyDataParam: optional('DummyDataParameter', 109),
    eltwiseParam: optional('EltwiseParameter', 110),
    expParam: optional('ExpParameter', 111),
    imageDataParam: optional('DataParameter', 115),
    innerProductParam: optional('InnerProductParameter', 117),
    lrnParam: optional('LRNParameter', 118),
    memoryDataParam: optional('MemoryDataParameter', 119),
    mvnParam: optional('MVNParameter', 120),
    poolingParam: optional('PoolingParameter', 121),
    powerParam: optional('PowerParameter', 122),
    reluParam: optional('ReLUParameter', 123),
    softmaxParam: optional('SoftmaxParameter', 125),
    sliceParam: optional('SliceParameter', 126),
    windowDataParam: optional('DataParameter', 129),
    reshapeParam: optional('ReshapeParameter', 133),
    logParam: optional('LogParameter', 134),
    flattenParam: optional('FlattenParameter', 135),
    reductionParam: optional('ReductionParameter', 136),
    batchNormParam: optional('BatchNormParameter', 139),
    eluParam: optional('ELUParameter', 140),
    biasParam: optional('BiasParameter', 141),
    scaleParam: optional('ScaleParameter', 142),
    inputParam: optional('InputParameter', 143),
    // Not of Caffe itself but of SSD's branch of it, whose networks are many.
    permuteParam: optional('PermuteParameter', 202),
  },
  V1LayerParameter: {
    layer: optional('V0LayerParameter', 1),
    bottom: repeated('string', 2),
    top: repeated('string', 3),
    name: optional('string', 4),
    type: optional('LayerType', 5),
    blobs: repeated('bytes', 6),
    concatParam: optional('ConcatParameter', 9),
    convolutionParam: optional('ConvolutionParameter', 10),
    dataParam: optional('DataParameter', 11),
    imageDataParam: optional('DataParameter', 15),
    innerProductParam: optional('InnerProductParameter', 17),
    lrnParam: optional('LRNParameter', 18),
    poolingParam: optional('PoolingParameter', 19),
    windowDataParam: optional('DataParameter', 20),
    powerParam: optional('PowerParameter', 21),
    memoryDataParam: optional('MemoryDataParameter', 22),
    eltwiseParam: optional('EltwiseParameter', 24),
    dummyDataParam: optional('DummyDataParameter', 26),
    reluParam: optional('ReLUParameter', 30),
    sliceParam: optional('SliceParameter', 31),
    include: repeated('NetStateRule', 32),
    exclude: repeated('NetStateRule', 33),
    mvnParam: optional('MVNParameter', 34),
    lossWeight: repeated('float', 35),
    transformParam: optional('TransformationParameter', 36),
    softmaxParam: optional('SoftmaxParameter', 39),
    expParam: optional('ExpParameter', 41),
  },
  V0LayerParameter: {
    name: optional('string', 1),
    type: optional('string', 2),
    numOutput: optional('uint32', 3),
    biasterm: optional('bool', 4),
    pad: optional('uint32', 7),
    kernelsize: optional('uint32', 8),
    group: optional('uint32', 9),
    stride: optional('uint32', 10),
    pool: optional('PoolMethod', 11),
    localSize: optional('uint32', 13),
    alpha: optional('float', 14),
    beta: optional('float', 15),
    scale: optional('float', 17),
    cropsize: optional('uint32', 20),
    k: optional('float', 22),
    blobs: repeated('bytes', 50),
    concatDim: optional('uint32', 65),
  },
  TransformationParameter: {
    scale: optional('float', 1),
    cropSize: optional('uint32', 3),
    meanValue: repeated('float', 5),
    forceGray: optional('bool', 7),
  },
  BatchNormParameter: { useGlobalStats: optional('bool', 1), eps: optional('float', 3) },
  BiasParameter: { axis: optional('int32', 1), numAxes: optional('int32', 2) },
  ConcatParameter: { concatDim: optional('uint32', 1), axis: optional('int32', 2) },
  ConvolutionParameter: {
    numOutput: optional('uint32', 1),
    biasTerm: optional('bool', 2),
    pad: repeated('uint32', 3),
    kernelSize: repeated('uint32', 4),
    group: optional('uint32', 5),
    stride: repeated('uint32', 6),
    padH: optional('uint32', 9),
    padW: optional('uint32', 10),
    kernelH: optional('uint32', 11),
    kernelW: optional('uint32', 12),
    strideH: optional('uint32', 13),
    strideW: optional('uint32', 14),
    axis: optional('int32', 16),
    dilation: repeated('uint32', 18),
  },
  DataParameter: { scale: optional('float', 2), cropSize: optional('uint32', 5) },
  DummyDataParameter: {
    num: repeated('uint32', 2),
    channels: repeated('uint32', 3),
    height: repeated('uint32', 4),
    width: repeated('uint32', 5),
    shape: repeated('BlobShape', 6),
  },
  EltwiseParameter: { operation: optional('EltwiseOp', 1), coeff: repeated('float', 2) },
  ELUParameter: { alpha: optional('float', 1) },
  ExpParameter: affine,
  FlattenParameter: { axis: optional('int32', 1), endAxis: optional('int32', 2) },
  InnerProductParameter: {
    numOutput: optional('uint32', 1),
    biasTerm: optional('bool', 2),
    axis: optional('int32', 5),
    transpose: optional('bool', 6),
  },
  InputParameter: { shape: repeated('BlobShape', 1) },
  LogParameter: affine,
  LRNParameter: {
    localSize: optional('uint32', 1),
    alpha: optional('float', 2),
    beta: optional('float', 3),
    normRegion: optional('NormRegion', 4),
    k: optional('float', 5),
  },
  MemoryDataParameter: {
    channels: optional('uint32', 2),
    height: optional('uint32', 3),
    width: optional('uint32', 4),
  },
  MVNParameter: {
    normalizeVariance: optional('bool', 1),
    acrossChannels: optional('bool', 2),
    eps: optional('float', 3),
  },
  PermuteParameter: { order: repeated('uint32', 1) },
  PoolingParameter: {
    pool: optional('PoolMethod', 1),
    kernelSize: repeated('uint32', 2),
    stride: repeated('uint32', 3),
    pad: repeated('uint32', 4),
    kernelH: optional('uint32', 5),
    kernelW: optional('uint32', 6),
    strideH: optional('uint32', 7),
    strideW: optional('uint32', 8),
    padH: optional('uint32', 9),
    padW: optional('uint32', 10),
    globalPooling: optional('bool', 12),
    roundMode: optional('RoundMode', 13),
  },
  PowerParameter: { power: optional('float', 1), scale: optional('float', 2), shift: optional('float', 3) },
  ReductionParameter: {
    operation: optional('ReductionOp', 1),
    axis: optional('int32', 2),
    coeff: optional('float', 3),
  },
  ReLUParameter: { negativeSlope: optional('float', 1) },
  ReshapeParameter: {
    shape: optional('BlobShape', 1),
    axis: optional('int32', 2),
    numAxes: optional('int32', 3),
  },
  ScaleParameter: {
    axis: optional('int32', 1),
    numAxes: optional('int32', 2),
    biasTerm: optional('bool', 4),
  },
  SliceParameter: {
    sliceDim: optional('uint32', 1),
    slicePoint: repeated('uint32', 2),
    axis: optional('int32', 3),
  },
  SoftmaxParameter: { axis: optional('int32', 2) },
};

const enumerations: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  Phase: { TRAIN: 0, TEST: 1 },
  LayerType: v1Values,
  PoolMethod: { MAX: 0, AVE: 1, STOCHASTIC: 2 },
  RoundMode: { CEIL: 0, FLOOR: 1 },
  EltwiseOp: { PROD: 0, SUM: 1, MAX: 2 },
  NormRegion: { ACROSS_CHANNELS: 0, WITHIN_CHANNEL: 1 },
  ReductionOp: { SUM: 1, ASUM: 2, SUMSQ: 3, MEAN: 4 },
};

const root = protobuf.Root.fromJSON({
  nested: {
    ...Object.fromEntries(
      Object.entries(messages).map(([name, fields]) => [name, { edition: 'proto2', fields }]),
    ),
    ...Object.fromEntries(
      Object.entries(enumerations).map(([name, values]) => [name, { edition: 'proto2', values }]),
    ),
  },
}).resolveAll();

/** The descriptor of a whole network. */
export const netType: protobuf.Type = root.lookupType('NetParameter');

/**
 * Decodes a network; byte fields are views of `bytes`. Anything that is not protobuf throws a plain `Error`.
 * @throws `model/unsupported` beyond the number of fields that a {@link BoundedReader} reads
 */
export function decodeNet(bytes: Uint8Array): NetParameter {
  const reader = new BoundedReader(bytes);
  // The descriptor above is what makes this a NetParameter; protobufjs cannot say so in TypeScript.
  const plain: object = netType.toObject(netType.decode(reader), { enums: String });
  return plain;
}
