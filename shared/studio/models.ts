/** Installed networks as the window sees them. */
import type { ModelSummary } from '../contract/models.ts';
import type { CardChanges } from '../contract/network-card.ts';

export type InstalledModel = ModelSummary;

export interface ModelRequest {
  model: string;
}

export interface EditNetworkRequest {
  model: string;
  /** `labels` names a shipped list (`imagenet`) or is `none`. */
  changes: CardChanges;
  /** A text file or JSON list of the user's own with the names of its classes: an offer, used up; or `null`. */
  labelsOffer: string | null;
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
