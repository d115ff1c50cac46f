/** The installed networks, and what is inside one. */
import { orNull, record, text, whole } from './check.ts';

export interface InspectRequest {
  /** The id of an installed network or the path of a file; `null` for the default. */
  model: string | null;
  /** Side in pixels of the square input for which the layers' sizes are given; `null`: the network's own. */
  size: number | null;
}

export interface ModelList {
  models: readonly ModelSummary[];
}

export interface ModelSummary {
  /** What `--model` takes. */
  id: string;
  title: string;
  format: string;
  /** Size of its file in bytes. */
  bytes: number;
  /** Whether it is the one used when none is named. */
  default: boolean;
}

export interface ModelInfo {
  /** The id of an installed network, or the path it was opened by. */
  model: string;
  name: string;
  /** `onnx`, `tensorflow`, `caffe`. */
  format: string;
  sha256: string;
  input: ModelInput;
  /** In the order of computation. */
  layers: readonly LayerInfo[];
  /** Trained numbers in all. */
  parameters: number;
  /** The smallest square input in pixels that every layer can work on. */
  minSize: number;
  /** How many classes it tells apart; `null` for a network that is not a classifier. */
  classes: number | null;
  /** Whether the classes have names. */
  labelled: boolean;
  /** What a dream excites when no layers are named. */
  dreamLayers: readonly string[];
}

/** How a network takes pictures: `value = (grey level − mean) × scale`, per channel in the network's own order. */
export interface ModelInput {
  name: string;
  channels: number;
  /** The size it was trained on or declares, in pixels. */
  width: number;
  height: number;
  /** Whether other sizes work. */
  free: boolean;
  order: 'rgb' | 'bgr' | 'grey';
  mean: readonly number[];
  scale: readonly number[];
}

/** A layer at the size that was asked for. */
export interface LayerInfo {
  name: string;
  op: string;
  channels: number;
  width: number;
  height: number;
  parameters: number;
}

/** @throws usage/option on anything but a complete request */
export function parseInspectRequest(value: unknown): InspectRequest {
  const { model, size } = record(value, 'inspectModel');
  return {
    model: orNull(model, (given) => text(given, 'model')),
    size: orNull(size, (given) => whole(given, 'size', 1)),
  };
}
