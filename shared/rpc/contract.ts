/**
 * How a service is declared: every call and stream once, with the schema of its argument and the type of what it gives. The types of
 * both ends, the names that may cross a port and the checks where arguments enter derive from that.
 */
import type { GenericSchema } from 'valibot';
import { check } from '../schema.ts';
import type { Handlers } from './serve.ts';

/* eslint-disable @typescript-eslint/no-explicit-any -- what comes through a port may be anything, until its schema has looked at it */

/** A call or a stream: its argument, once it is checked, and what it gives. */
export interface Endpoint<Argument, Value> {
  readonly schema: GenericSchema<any, Argument> | null;
  /** Only the compiler knows it. */
  readonly value?: Value;
}

type AnyEndpoint = Endpoint<any, unknown>;

export interface Contract {
  readonly calls: Readonly<Record<string, AnyEndpoint>>;
  readonly streams: Readonly<Record<string, AnyEndpoint>>;
}

/** What a call gives that only does something. */
export type Nothing = Awaited<Promise<void>>;

interface Declared<Argument> {
  /** What a call resolves to, or each value of a stream. */
  gives<Value>(): Endpoint<Argument, Value>;
}

/** An endpoint whose argument this schema describes; the port's other side may send anything. */
export function takes<Argument>(schema: GenericSchema<any, Argument>): Declared<Argument> {
  return { gives: () => ({ schema }) };
}

/** An endpoint without an argument. */
export const takesNothing: Declared<undefined> = { gives: () => ({ schema: null }) };

type ArgumentOf<E> = E extends { schema: GenericSchema<any, infer Checked> | null }
  ? [Checked] extends [undefined]
    ? []
    : [request: Checked]
  : never;
type ValueOf<E> = E extends { readonly value?: infer Value } ? Value : never;

/** What a caller sees. Not pulling a stream pauses it; leaving it cancels it at its source. */
export type ClientOf<C extends Contract> = {
  -readonly [Name in keyof C['calls']]: (
    ...argument: ArgumentOf<C['calls'][Name]>
  ) => Promise<ValueOf<C['calls'][Name]>>;
} & {
  -readonly [Name in keyof C['streams']]: (
    ...argument: ArgumentOf<C['streams'][Name]>
  ) => AsyncIterable<ValueOf<C['streams'][Name]>>;
};

/** What a service implements: its streams also take a signal, which is aborted when their reader leaves. */
export type ServiceOf<C extends Contract> = {
  -readonly [Name in keyof C['calls']]: (
    ...argument: ArgumentOf<C['calls'][Name]>
  ) => Promise<ValueOf<C['calls'][Name]>>;
} & {
  -readonly [Name in keyof C['streams']]: (
    ...argument: [...ArgumentOf<C['streams'][Name]>, signal?: AbortSignal]
  ) => AsyncIterable<ValueOf<C['streams'][Name]>>;
};

/** The service behind unchecked arguments: what a port may reach. */
export function handlersOf<C extends Contract>(contract: C, service: ServiceOf<C>): Handlers {
  // By name the table and the service belong together; their types have said so.
  const methods = service as Readonly<Record<string, (...words: unknown[]) => unknown>>;
  const reach =
    (name: string, { schema }: AnyEndpoint) =>
    (argument: unknown, ...signal: AbortSignal[]): unknown =>
      methods[name]?.(...(schema === null ? [] : [check<unknown>(schema, argument)]), ...signal);
  const table = (endpoints: Contract['calls']): Record<string, unknown> =>
    Object.fromEntries(Object.entries(endpoints).map(([name, endpoint]) => [name, reach(name, endpoint)]));
  return { calls: table(contract.calls), streams: table(contract.streams) } as unknown as Handlers;
}
