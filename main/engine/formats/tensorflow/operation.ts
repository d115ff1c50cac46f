/** A node of a TensorFlow graph as the reader sees it: control edges gone, attributes read by type. */
import { ReverieError } from '../../../../shared/errors.ts';
import { has, integerOf } from '../protobuf.ts';
import type { AttrValue, NodeDef } from './schema.ts';

/** A tensor: an output of a node. */
export interface Reference {
  readonly node: string;
  readonly output: number;
}

export interface Operation {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly Reference[];
  readonly attributes: Readonly<Record<string, AttrValue>>;
}

/**
 * The node of a file. An input that only orders execution (`^name`) is none here, and neither is the default of a
 * placeholder for pictures.
 */
export function operationOf({ name = '', op = '', input = [], attr = {} }: NodeDef): Operation {
  const inputs = input.filter((text) => !text.startsWith('^')).map(referenceOf);
  const operation = { name, op, inputs, attributes: attr };
  const picture = op === 'PlaceholderWithDefault' && shapeOf(operation, 'shape')?.length === 4;
  return picture ? { ...operation, op: 'Placeholder', inputs: [] } : operation;
}

function referenceOf(text: string): Reference {
  const [, node = text, output = '0'] = /^(.*):(\d+)$/.exec(text) ?? [];
  return { node, output: Number(output) };
}

/** An integer attribute, or its default. */
export function intOf(operation: Operation, key: string, fallback: number): number {
  const value = attribute(operation, key)?.i;
  return value === undefined ? fallback : integerOf(value);
}

/** A real attribute, or its default. */
export function floatOf(operation: Operation, key: string, fallback: number): number {
  return attribute(operation, key)?.f ?? fallback;
}

/** A truth value, or its default. */
export function flagOf(operation: Operation, key: string, fallback: boolean): boolean {
  return attribute(operation, key)?.b ?? fallback;
}

/** A text attribute, or its default. */
export function textOf(operation: Operation, key: string, fallback: string): string {
  const value = attribute(operation, key);
  // Of another type, it has protobufjs' default here, which is a list.
  return value !== undefined && has(value, 's') ? decoder.decode(value.s) : fallback;
}

/** A `DataType` attribute, or 0. */
export function typeOf(operation: Operation, key: string): number {
  return attribute(operation, key)?.type ?? 0;
}

/** An attribute that is a list of integers; empty where it is absent. */
export function intsOf(operation: Operation, key: string): number[] {
  return (attribute(operation, key)?.list?.i ?? []).map(integerOf);
}

/** The declared shape, free dimensions as -1; undefined where it is not known. */
export function shapeOf(operation: Operation, key: string): number[] | undefined {
  const shape = attribute(operation, key)?.shape;
  if (!shape || shape.unknownRank === true) return undefined;
  return (shape.dim ?? []).map(({ size }) => Math.max(-1, integerOf(size)));
}

/** An attribute as it is stored. */
export function attribute({ attributes }: Operation, key: string): AttrValue | undefined {
  return Object.hasOwn(attributes, key) ? attributes[key] : undefined;
}

/** Refuses a node; `reason` completes a sentence that begins with its name and operator. */
export function unsupported({ name, op }: Operation, reason: string): ReverieError {
  return new ReverieError('model/unsupported', `Node "${name}" (${op}) ${reason}.`);
}

/** As {@link unsupported}, for a node that TensorFlow itself could not have written. */
export function damaged({ name, op }: Operation, reason: string): ReverieError {
  return new ReverieError('model/unreadable', `The graph is damaged: node "${name}" (${op}) ${reason}.`);
}

const decoder = new TextDecoder();
