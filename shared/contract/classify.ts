/** Which classes a network sees in pictures. */
import { classify, type ClassifySettings } from '../recipes/classify.ts';
import { execution, type Execution } from '../recipes/common.ts';
import { parse } from '../recipes/fields.ts';
import { orNull, record, text, texts } from './check.ts';
import type { ClassProbability, Executed } from './result.ts';

export interface ClassifyRequest extends Execution {
  /** Paths of pictures, at least one. */
  images: readonly string[];
  settings: ClassifySettings;
  /** Whether the pictures are photos of printed sheets, to be straightened by their markers; `false` by default. */
  printed?: boolean;
  /** Folder for the straightened pictures, `<photo>-straightened.png`; none are kept by default. */
  straightened?: string | null;
}

export interface ClassifyResult extends Executed {
  images: readonly { path: string; classes: readonly ClassProbability[] }[];
}

/** @throws usage/option on anything but a complete request */
export function parseClassifyRequest(value: unknown): ClassifyRequest {
  const { images, settings, printed, straightened, ...rest } = record(value, 'classify');
  return {
    images: texts(images, 'images'),
    settings: parse(classify, settings ?? {}),
    printed: printed === true,
    straightened: orNull(straightened, (path) => text(path, 'straightened')),
    ...parse(execution, rest),
  };
}
