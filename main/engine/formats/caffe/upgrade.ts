/**
 * Layers of the formats of 2013 (version 0) and 2014 (version 1) in the form of today, by the rules of Caffe's own
 * `upgrade_proto.cpp`.
 */
import { ReverieError } from '../../../../shared/errors.ts';
import { typeOfV0, typeOfV1 } from './layer-types.ts';
import type {
  DataParameter,
  LayerParameter,
  NetParameter,
  TransformationParameter,
  V0LayerParameter,
  V1LayerParameter,
} from './messages.ts';

/** A layer of version 0 with its connections. */
type Connected = V1LayerParameter & { readonly layer: V0LayerParameter };

/**
 * The layers of a network of any version. Where a file holds old and new layers, the old ones count, as in Caffe.
 * @throws `model/unsupported` for a padding layer that pads something else than a convolution or pooling.
 */
export function upgradedLayers({ layers = [], layer = [] }: NetParameter): LayerParameter[] {
  if (layers.length === 0) return layer;
  if (layers.some(isVersion0)) return foldPadding(layers.map(withLayer)).map(upgradeV0);
  return layers.map(upgradeV1);
}

const isVersion0 = (layer: V1LayerParameter): boolean => layer.layer !== undefined;

const withLayer = (layer: V1LayerParameter): Connected => ({ ...layer, layer: layer.layer ?? {} });

function upgradeV1({ layer: _, ...old }: V1LayerParameter): LayerParameter {
  const settings = old.dataParam ?? old.imageDataParam ?? old.windowDataParam;
  return { ...old, type: typeOfV1(old.type), transformParam: transformation(old.transformParam, settings) };
}

/** What data layers said about their pictures themselves, before there was a message for it. */
function transformation(
  present: TransformationParameter = {},
  { scale, cropSize }: DataParameter = {},
): TransformationParameter {
  return {
    ...present,
    ...(scale === undefined ? {} : { scale }),
    ...(cropSize === undefined ? {} : { cropSize }),
  };
}

const list = (value: number | undefined): number[] => (value === undefined ? [] : [value]);

function upgradeV0({ layer: old, bottom = [], top = [] }: Connected): LayerParameter {
  const { name = '', type = '', blobs = [], numOutput = 0, biasterm: biasTerm = true } = old;
  const window = { pad: list(old.pad), kernelSize: list(old.kernelsize), stride: list(old.stride) };
  const common = { name, type: typeOfV0(type), bottom, top, blobs };
  switch (type) {
    case 'conv':
      return { ...common, convolutionParam: { ...window, numOutput, biasTerm, group: old.group ?? 1 } };
    case 'innerproduct':
      return { ...common, innerProductParam: { numOutput, biasTerm } };
    case 'pool':
      return { ...common, poolingParam: { ...window, pool: old.pool ?? 'MAX' } };
    case 'lrn': {
      const { localSize = 5, alpha = 1, beta = 0.75, k = 1 } = old;
      return { ...common, lrnParam: { localSize, alpha, beta, k } };
    }
    case 'concat':
      return { ...common, concatParam: { concatDim: old.concatDim ?? 1 } };
    default:
      return {
        ...common,
        transformParam: transformation({}, { scale: old.scale ?? 1, cropSize: old.cropsize ?? 0 }),
      };
  }
}

/** Before convolutions and poolings had a `pad`, layers of the type `padding` were put in front of them. */
function foldPadding(layers: readonly Connected[]): Connected[] {
  const sources = new Map<string, Connected>();
  const kept: Connected[] = [];
  for (const layer of layers) {
    const padded = (layer.bottom ?? []).map((name) => sources.get(name)).find(isPadding);
    if (padded !== undefined && layer.layer.type !== 'conv' && layer.layer.type !== 'pool') {
      throw new ReverieError(
        'model/unsupported',
        `Layer "${padded.layer.name ?? ''}" pads the input of "${layer.layer.name ?? ''}" (${layer.layer.type ?? ''}); only convolutions and poolings can be padded.`,
      );
    }
    if (!isPadding(layer)) {
      const { pad = 0 } = padded?.layer ?? {};
      kept.push(
        padded === undefined
          ? layer
          : { ...layer, bottom: padded.bottom ?? [], layer: { ...layer.layer, pad } },
      );
    }
    for (const name of layer.top ?? []) sources.set(name, layer);
  }
  return kept;
}

const isPadding = (layer: Connected | undefined): boolean => layer?.layer.type === 'padding';
