/** Installed networks as the window sees them. */
import type { ModelSummary } from '../contract/models.ts';

export type InstalledModel = ModelSummary;
