/** Explanations as the window asks for them and sees them: pictures by their ids, results without paths. */
import type { ExplainResult, MethodResult } from '../methods/explain.ts';

export interface Explanation extends Omit<ExplainResult, 'output' | 'methods'> {
  methods: readonly Omit<MethodResult, 'raw' | 'exported'>[];
}

/** A file to download: its address, relative to the page. */
export interface FileToSave {
  address: string;
  name: string;
}
