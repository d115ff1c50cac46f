/**
 * The messages of caffe.proto as plain objects: a field that a file does not set is absent, enumerations are words. Only
 * what is read here is declared. Blobs stay bytes until a layer wants its weights (see `blob.ts`).
 */

export interface BlobShape {
  dim?: number[];
}

export interface NetParameter {
  name?: string;
  /** The oldest layers: of version 1, or, where they hold a `layer`, of version 0. */
  layers?: V1LayerParameter[];
  input?: string[];
  inputDim?: number[];
  inputShape?: BlobShape[];
  layer?: LayerParameter[];
}

export interface NetStateRule {
  phase?: string;
  minLevel?: number;
  maxLevel?: number;
  stage?: string[];
  notStage?: string[];
}

export interface TransformationParameter {
  scale?: number;
  cropSize?: number;
  meanValue?: number[];
  forceGray?: boolean;
}

/** Fields that the data layers of versions 0 and 1 had before there was a {@link TransformationParameter}. */
export interface DataParameter {
  scale?: number;
  cropSize?: number;
}

/** A size given once for all axes, once for each, or by the names of the two axes of an image. */
export interface WindowParameter {
  pad?: number[];
  kernelSize?: number[];
  stride?: number[];
  padH?: number;
  padW?: number;
  kernelH?: number;
  kernelW?: number;
  strideH?: number;
  strideW?: number;
}

export interface ConvolutionParameter extends WindowParameter {
  numOutput?: number;
  biasTerm?: boolean;
  dilation?: number[];
  group?: number;
  axis?: number;
}

export interface PoolingParameter extends WindowParameter {
  pool?: string;
  globalPooling?: boolean;
  roundMode?: string;
}

/** What both generations of layers have under the same names. */
interface LayerParameters {
  name?: string;
  bottom?: string[];
  top?: string[];
  blobs?: Uint8Array[];
  lossWeight?: number[];
  include?: NetStateRule[];
  exclude?: NetStateRule[];
  transformParam?: TransformationParameter;
  concatParam?: { axis?: number; concatDim?: number };
  convolutionParam?: ConvolutionParameter;
  dataParam?: DataParameter;
  dummyDataParam?: {
    shape?: BlobShape[];
    num?: number[];
    channels?: number[];
    height?: number[];
    width?: number[];
  };
  eltwiseParam?: { operation?: string; coeff?: number[] };
  expParam?: { base?: number; scale?: number; shift?: number };
  imageDataParam?: DataParameter;
  innerProductParam?: { numOutput?: number; biasTerm?: boolean; axis?: number; transpose?: boolean };
  lrnParam?: { localSize?: number; alpha?: number; beta?: number; normRegion?: string; k?: number };
  memoryDataParam?: { channels?: number; height?: number; width?: number };
  mvnParam?: { normalizeVariance?: boolean; acrossChannels?: boolean; eps?: number };
  poolingParam?: PoolingParameter;
  powerParam?: { power?: number; scale?: number; shift?: number };
  reluParam?: { negativeSlope?: number };
  sliceParam?: { axis?: number; slicePoint?: number[]; sliceDim?: number };
  softmaxParam?: { axis?: number };
  windowDataParam?: DataParameter;
}

/** A layer of the present, version 2; both older ones are brought into this form (see `upgrade.ts`). */
export interface LayerParameter extends LayerParameters {
  type?: string;
  batchNormParam?: { useGlobalStats?: boolean; eps?: number };
  biasParam?: { axis?: number; numAxes?: number };
  eluParam?: { alpha?: number };
  flattenParam?: { axis?: number; endAxis?: number };
  inputParam?: { shape?: BlobShape[] };
  logParam?: { base?: number; scale?: number; shift?: number };
  permuteParam?: { order?: number[] };
  reductionParam?: { operation?: string; axis?: number; coeff?: number };
  reshapeParam?: { shape?: BlobShape; axis?: number; numAxes?: number };
  scaleParam?: { axis?: number; numAxes?: number; biasTerm?: boolean };
}

export interface V1LayerParameter extends LayerParameters {
  /** A word of the enumeration `LayerType`, or the number of one that is not known. */
  type?: string | number;
  layer?: V0LayerParameter;
}

export interface V0LayerParameter {
  name?: string;
  type?: string;
  numOutput?: number;
  biasterm?: boolean;
  pad?: number;
  kernelsize?: number;
  group?: number;
  stride?: number;
  pool?: string;
  localSize?: number;
  alpha?: number;
  beta?: number;
  k?: number;
  scale?: number;
  cropsize?: number;
  blobs?: Uint8Array[];
  concatDim?: number;
}
