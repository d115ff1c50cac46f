/** Explanations as the window asks for them and sees them: pictures by their ids, results without paths. */
import type { ExplainResult, MethodResult } from '../methods/explain.ts';
import type { MeasureSetResult } from '../methods/measure-set.ts';

export interface Explanation extends Omit<ExplainResult, 'output' | 'methods'> {
  methods: readonly Omit<MethodResult, 'raw' | 'exported'>[];
}

/** A file to download: its address, relative to the page. */
export interface FileToSave {
  address: string;
  name: string;
}

/** Methods measured over several pictures; the photos themselves stand in the files. */
export interface MeasuredPictures extends Pick<
  MeasureSetResult,
  'methods' | 'dummies' | 'definitions' | 'notes'
> {
  /** How many were measured. */
  photos: number;
  /** Why others were not. */
  failed: readonly string[];
  /** The page, and its numbers as .csv and .json. */
  files: readonly FileToSave[];
}
