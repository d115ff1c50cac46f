/** How each argument of the studio's contract is checked where it enters. Every parser throws usage/option. */
import { ReverieError } from '../errors.ts';
import { attack } from '../recipes/attack.ts';
import { execution } from '../recipes/common.ts';
import { explain } from '../recipes/explain.ts';
import { byLabel, parse, type Fields } from '../recipes/fields.ts';
import { parseDevicesRequest, type DevicesRequest } from '../contract/devices.ts';
import { parseCardChanges } from '../contract/network-card.ts';
import type { AttackSeenByRequest, TransferRequest } from './attack.ts';
import type { DownloadRequest } from './catalogue.ts';
import type { ExplainPictureRequest } from './explain.ts';
import type { ImportRequest, PictureRequest, PicturesRequest } from './gallery.ts';
import {
  jobMethods,
  type CurveRequest,
  type JobMethod,
  type JobRequest,
  type Order,
  type StepRequest,
} from './jobs.ts';
import type { ClassifyPictureRequest, EditNetworkRequest, LayersRequest, ModelRequest } from './models.ts';
import type { LayerRequest, UnitRequest } from './units.ts';
import { studioSettings, type StudioSettings } from './settings.ts';
import { isPlainName, isRecord } from '../schema.ts';

/** The most items that one request may name. */
const MOST = 10_000;

export function parseImport(value: unknown): ImportRequest {
  return { offers: ids(record(value)['offers'], 'offers') };
}

export function parsePicture(value: unknown): PictureRequest {
  return { picture: id(record(value)['picture'], 'picture') };
}

export function parsePictures(value: unknown): PicturesRequest {
  return { pictures: ids(record(value)['pictures'], 'pictures') };
}

export function parseOrder(value: unknown): Order {
  const { method, picture, settings, branch, repeats, ...rest } = record(value);
  if (!isJobMethod(method)) throw wrong(`There are no jobs of the method ${JSON.stringify(method)}.`);
  const table = jobMethods[method];
  // As in a recipe, what belongs to the method is read by the method's own entries.
  return {
    method,
    picture: table.picture ? id(picture, 'picture') : null,
    settings: parse<Fields>(table.settings, settings ?? {}, byLabel),
    branch: method === 'dream' ? orNull(branch, parseStep) : null,
    repeats: orNull(repeats, (given) => id(given, 'repeats')),
    ...parse(execution, rest, byLabel),
  } as Order;
}

function isJobMethod(value: unknown): value is JobMethod {
  return typeof value === 'string' && Object.hasOwn(jobMethods, value);
}

export function parseJob(value: unknown): JobRequest {
  return { job: id(record(value)['job'], 'job') };
}

export function parseStep(value: unknown): StepRequest {
  const { job, step } = record(value);
  return { job: id(job, 'job'), step: count(step, 'step', 1) };
}

export function parseCurve(value: unknown): CurveRequest {
  const { job, after } = record(value);
  return { job: id(job, 'job'), after: count(after ?? 0, 'after', 0) };
}

export function parseLayer(value: unknown): LayerRequest {
  const { model, layer } = record(value);
  if (typeof layer !== 'string' || layer === '') throw wrong('layer must be the name of a layer.');
  return { model: orNull(model, (given) => id(given, 'model')), layer };
}

export function parseUnit(value: unknown): UnitRequest {
  return { ...parseLayer(value), channel: count(record(value)['channel'], 'channel', 0) };
}

export function parseExplainPicture(value: unknown): ExplainPictureRequest {
  const { picture, model, settings } = record(value);
  return {
    picture: id(picture, 'picture'),
    model: orNull(model, (given) => id(given, 'model')),
    settings: parse(explain, settings ?? {}, byLabel),
  };
}

export function parseAttackSeenBy(value: unknown): AttackSeenByRequest {
  const { job, model } = record(value);
  return { job: id(job, 'job'), model: id(model, 'model') };
}

export function parseTransfer(value: unknown): TransferRequest {
  const { pictures, models, settings } = record(value);
  return {
    pictures: some(ids(pictures, 'pictures'), 'pictures'),
    models: some(ids(models, 'models'), 'models'),
    settings: parse(attack, settings ?? {}, byLabel),
  };
}

export function parseModel(value: unknown): ModelRequest {
  return { model: id(record(value)['model'], 'model') };
}

export function parseDownload(value: unknown): DownloadRequest {
  return { id: id(record(value)['id'], 'id') };
}

/** A window names no paths: class names of its own come as an offer. */
export function parseEditNetwork(value: unknown): EditNetworkRequest {
  const { model, changes, labelsOffer } = record(value);
  const { labels, ...rest } = parseCardChanges(changes ?? {}, byLabel);
  if (labels !== null && !isPlainName(labels))
    throw wrong('labels must be the name of a list of class names.');
  return {
    model: id(model, 'model'),
    changes: { ...rest, labels },
    labelsOffer: orNull(labelsOffer, (given) => id(given, 'labelsOffer')),
  };
}

export function parseLayers(value: unknown): LayersRequest {
  const { model, size } = record(value);
  return {
    model: orNull(model, (given) => id(given, 'model')),
    size: orNull(size, (given) => count(given, 'size', 1)),
  };
}

export function parseClassifyPicture(value: unknown): ClassifyPictureRequest {
  const { picture, model, top } = record(value);
  return {
    picture: id(picture, 'picture'),
    model: orNull(model, (given) => id(given, 'model')),
    top: count(top ?? 5, 'top', 1),
  };
}

export function parseDevices(value: unknown): DevicesRequest {
  return parseDevicesRequest(record(value));
}

/** Checks the settings that are named, and leaves out those that are not. */
export function parseSettingsChange(value: unknown): Partial<StudioSettings> {
  const given = record(value);
  const complete = parse(studioSettings, given, byLabel);
  return Object.fromEntries(Object.entries(complete).filter(([key]) => given[key] !== undefined));
}

function orNull<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === null || value === undefined ? null : read(value);
}

function record(value: unknown): Record<string, unknown> {
  if (isRecord(value)) return value;
  throw wrong('The request must be an object of names and values.');
}

function ids(value: unknown, name: string): string[] {
  if (Array.isArray(value) && value.length <= MOST) return value.map((item) => id(item, name));
  throw wrong(`${name} must be a list of at most ${MOST} ids.`);
}

function some(list: string[], name: string): string[] {
  if (list.length > 0) return list;
  throw wrong(`${name} must name at least one.`);
}

/** Ids are names of files and folders inside the studio: nothing that could lead out of them. */
function id(value: unknown, name: string): string {
  if (isPlainName(value)) return value;
  throw wrong(`${name} must be an id, not ${JSON.stringify(value)}.`);
}

function count(value: unknown, name: string, min: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min) return value;
  throw wrong(`${name} must be a whole number of at least ${min}, not ${JSON.stringify(value)}.`);
}

function wrong(message: string): ReverieError {
  return new ReverieError('usage/option', message);
}
