/** How much memory a dream will take, asked before it begins. */
import { execution, type Execution } from '../recipes/common.ts';
import { dream, type DreamSettings } from '../recipes/dream.ts';
import { parse } from '../recipes/fields.ts';
import { record, whole } from './check.ts';

export interface MemoryRequest extends Execution {
  settings: DreamSettings;
  /** Of the picture to dream on, in pixels. */
  width: number;
  height: number;
}

export interface MemoryEstimate {
  /** What the job takes beyond the program and the loaded network, in bytes. */
  needed: number;
  /** What the machine has left for it, in bytes. */
  free: number;
  /** Side of its tiles in pixels, chosen by what is free where none is asked for. */
  tile: number;
}

/** @throws usage/option on anything but a complete request */
export function parseMemoryRequest(value: unknown): MemoryRequest {
  const { settings, width, height, ...rest } = record(value, 'memory');
  return {
    settings: parse(dream, settings ?? {}),
    width: whole(width, 'width', 1),
    height: whole(height, 'height', 1),
    ...parse(execution, rest),
  };
}
