/** Installed networks as the window sees them. */
import type { ModelSummary } from '../contract/models.ts';

export interface InstalledModel extends ModelSummary {
  /** Whether it came with Reverie and cannot be removed. */
  shipped: boolean;
}

export interface ModelRequest {
  model: string;
}

export interface LayersRequest {
  /** The id of an installed network; `null` for the default. */
  model: string | null;
  /** Side in pixels of the square input for which the layers' sizes are given; `null`: the network's own. */
  size: number | null;
}

export interface ClassifyPictureRequest {
  picture: string;
  model: string | null;
  /** How many classes. */
  top: number;
}
