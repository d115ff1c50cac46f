/**
 * What an optimisation excites or a gradient explains, as text: `channel:mixed4a/11`, `class:tabby`, and weighted sums such as
 * `channel:mixed4a/11*1 channel:mixed4a/6*-0.5`. Settings and recipes hold the text; the engine holds what it means.
 */
import { ReverieError } from './errors.ts';

/** Where a unit is, counted from 0 on its layer's grid; `null`: in the centre; `class`: in a transformer's class token. */
export type Place = { readonly x: number; readonly y: number } | 'class' | null;

export type Target =
  /** A whole layer. */
  | { readonly kind: 'layer'; readonly layer: string }
  /** One channel of a layer, counted from 0, at every position. */
  | { readonly kind: 'channel'; readonly layer: string; readonly channel: number }
  /** One channel at one position of the layer's grid; `null`: its centre; `class`: of its class token. */
  | {
      readonly kind: 'neuron';
      readonly layer: string;
      readonly channel: number;
      readonly at: Place;
    }
  /** A class score (logit), by its index or its name. */
  | { readonly kind: 'class'; readonly name: string }
  /** A direction in the space of a layer's channels, from a file of as many numbers. */
  | { readonly kind: 'direction'; readonly layer: string; readonly file: string };

interface WeightedTarget {
  readonly target: Target;
  readonly weight: number;
}

/** What `--target` takes, to follow "must be". */
export const TARGET_FORMS =
  'layer:<name>, channel:<layer>/<n>, neuron:<layer>/<n>@<x>,<y> (@class for the class token), class:<index or name> or direction:<layer>/<file.npy>, several with weights such as "channel:mixed4a/11 channel:mixed4a/6*-0.5"';

/** Where a target begins: names may hold blanks, so a blank alone ends nothing. */
const BEGINNING = /(?:^|\s+)(?=(?:layer|channel|neuron|class|direction):)/;

/**
 * The weighted targets in a text, at least one.
 * @throws ReverieError `usage/option` naming the part that is none
 */
export function parseObjective(text: string): WeightedTarget[] {
  const parts = text.trim().split(BEGINNING).filter(Boolean);
  if (parts.length === 0) throw malformed(text);
  return parts.map(parseWeighted);
}

/** The canonical text of an objective: a weight of 1 is left out. */
export function formatObjective(targets: readonly WeightedTarget[]): string {
  return targets
    .map(({ target, weight }) => formatTarget(target) + (weight === 1 ? '' : `*${weight}`))
    .join(' ');
}

export function formatTarget(target: Target): string {
  switch (target.kind) {
    case 'layer':
      return `layer:${target.layer}`;
    case 'channel':
      return `channel:${target.layer}/${target.channel}`;
    case 'neuron': {
      const at = formatPlace(target.at);
      return `neuron:${target.layer}/${target.channel}${at}`;
    }
    case 'class':
      return `class:${target.name}`;
    case 'direction':
      return `direction:${target.layer}/${target.file}`;
  }
}

function formatPlace(at: Place): string {
  if (at === null) return '';
  return at === 'class' ? '@class' : `@${at.x},${at.y}`;
}

function parseWeighted(part: string): WeightedTarget {
  const match = /^(?<target>.*?)(?:\*(?<weight>[^*]*))?$/s.exec(part.trim())?.groups;
  const weight = match?.['weight'];
  const target = parseTarget(match?.['target']?.trim() ?? '');
  const number = weight === undefined ? 1 : weight.trim() === '' ? NaN : Number(weight);
  if (target === undefined || !Number.isFinite(number)) throw malformed(part);
  return { target, weight: number };
}

function parseTarget(text: string): Target | undefined {
  const colon = text.indexOf(':');
  const rest = text.slice(colon + 1);
  if (colon < 0 || rest === '') return undefined;
  switch (text.slice(0, colon)) {
    case 'layer':
      return { kind: 'layer', layer: rest };
    case 'class':
      return { kind: 'class', name: rest };
    case 'channel': {
      const { layer, channel } = /^(?<layer>.+)\/(?<channel>\d+)$/.exec(rest)?.groups ?? {};
      return layer === undefined ? undefined : { kind: 'channel', layer, channel: Number(channel) };
    }
    case 'neuron': {
      const pattern = /^(?<layer>.+)\/(?<channel>\d+)(?:@(?:(?<x>\d+),(?<y>\d+)|(?<token>class)))?$/;
      const { layer, channel, x, y, token } = pattern.exec(rest)?.groups ?? {};
      if (layer === undefined) return undefined;
      const at = token !== undefined ? 'class' : x === undefined ? null : { x: Number(x), y: Number(y) };
      return { kind: 'neuron', layer, channel: Number(channel), at };
    }
    case 'direction':
      return parseDirection(rest);
    default:
      return undefined;
  }
}

/** The file of a direction may lie in folders, and so may a layer's name hold slashes: the file begins where a path does. */
function parseDirection(rest: string): Target | undefined {
  const absolute = /^(?<layer>.+?)\/(?<file>(?:\/|\.{1,2}\/|[A-Za-z]:[\\/]).+\.npy)$/.exec(rest)?.groups;
  const { layer, file } = absolute ?? /^(?<layer>.+)\/(?<file>[^/]+\.npy)$/.exec(rest)?.groups ?? {};
  return layer === undefined || file === undefined ? undefined : { kind: 'direction', layer, file };
}

function malformed(text: string): ReverieError {
  return new ReverieError('usage/option', `"${text}" is not a target; a target is ${TARGET_FORMS}.`);
}
