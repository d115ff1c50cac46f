/** Schemas made from tables of fields, for requests that carry settings. */
import { parsedBy, type Schema } from '../schema.ts';
import { byFlag, parse, type Fields, type Naming, type SettingsOf } from './fields.ts';
import type { Field, ValueOf } from './kinds.ts';

/** Complete settings, from those that are named. */
export const settingsOf = <F extends Fields>(fields: F, naming: Naming = byFlag): Schema<SettingsOf<F>> =>
  parsedBy((given) => parse(fields, given ?? {}, naming));

/** The value of one field. */
export const valueOf = <F extends Field>(
  key: string,
  field: F,
  naming: Naming = byFlag,
): Schema<ValueOf<F>> =>
  parsedBy((given) => parse({ [key]: field }, { [key]: given }, naming)[key] as ValueOf<F>);
