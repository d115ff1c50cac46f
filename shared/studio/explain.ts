/** Explanations as the window asks for them and sees them: pictures by their ids, results without paths. */
import type { ExplainResult, MethodResult } from '../contract/explain.ts';
import type { ExplainSettings } from '../recipes/explain.ts';

export interface ExplainPictureRequest {
  picture: string;
  /** The id of an installed network; `null` for the default. */
  model: string | null;
  settings: ExplainSettings;
}

export interface Explanation extends Omit<ExplainResult, 'output' | 'methods'> {
  methods: readonly Omit<MethodResult, 'raw'>[];
}

/** A file to download: its address, relative to the page. */
export interface FileToSave {
  address: string;
  name: string;
}
