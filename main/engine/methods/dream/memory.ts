/** How much memory a dream or a program will take, before it begins: from shapes, and from the pictures that a dream keeps. */
import { freemem } from 'node:os';
import type { MemoryEstimate } from '../../../../shared/memory.ts';
import type { DreamSettings } from '../../../../shared/recipes/dream.ts';
import { memoryWarning } from '../../../../shared/memory.ts';
import { gradients } from '../../gradient/backward.ts';
import { forms } from '../../gradient/forms.ts';
import type { Graph } from '../../graph/graph.ts';
import { footprintOf, type Footprint } from '../../graph/peak.ts';
import { inferShapes } from '../../graph/shapes.ts';
import { IMAGE, type Model } from '../../models/model.ts';
import type { Device } from '../../runtime/runtime.ts';
import { defaultLayers, energyOf, resolveTerms } from './terms.ts';
import { dreamSize } from './octaves.ts';
import { planTiles, type Objective } from './tiled-gradient.ts';
import { smallerSide } from './tiling.ts';
import type { Size } from '../../imaging/pixels.ts';

/** Wished side of a tile: large enough for a network to see whole objects, small enough for any machine's memory. */
export const TILE = 512;

/**
 * The growth of a process over a dream as a function of its program's footprint and its pictures, fitted to measurements on
 * Linux with ONNX Runtime 1.30 and its arena (GoogLeNet, SqueezeNet, MobileNet v2, Inception v3 and dreamnet, 224 to 1024 pixels).
 * Preparing a program holds its weights several times: as JavaScript has them, as a file, as read, and as kernels want them.
 */
const MIB = 2 ** 20;
const PREPARING = { base: 100 * MIB, perWeight: 5 };
const RUNNING = { base: 135 * MIB, perWeight: 2, perActivation: 1.5 };
/** The picture, its gradient and its frequency bands, the source, what is encoded: as many float32 copies. */
const COPIES = 5;

/** Of the free memory, a job is given so much: the rest is for pictures of windows, the system's files, and errors of the estimate. */
const SHARE = 0.7;

/** Footprints of programs by network: building one takes tenths of a second. */
const known = new WeakMap<Model, Map<string, Footprint>>();
/** Then all are forgotten. */
const MOST_KNOWN = 200;

/** What a dream takes, and the side of its tiles: the one asked for, else the largest that the free memory has room for. */
export function dreamMemory(
  model: Model,
  device: Device,
  picture: Size,
  settings: Pick<DreamSettings, 'layers' | 'channels' | 'size' | 'tile'>,
  free = freeMemory(),
): MemoryEstimate {
  const terms = resolveTerms(model, settings.layers ?? defaultLayers(model), settings.channels);
  const objective = energyOf(terms);
  const size = dreamSize(picture, settings.size);
  const pictures = COPIES * 12 * size.width * size.height;
  const sizes = model.sizes(objective.targets);
  const needs = (side: number): number =>
    programBytes(footprint(model, device, objective, planTiles(size.width, size.height, side, sizes))) +
    pictures;
  const tile = settings.tile ?? roomyTile(size, needs, model.smallest(objective.targets), free);
  return { needed: needs(tile), free, tile };
}

/**
 * A sentence where a program needs more memory than there is: other jobs than dreams have no tiles to choose, and are told
 * so when their network is prepared.
 */
export function programWarning(graph: Graph, free = freeMemory()): string | undefined {
  // Programs are of one size, so all shapes are known.
  const infos = inferShapes(graph, {});
  const needed = programBytes(footprintOf(graph, (name) => infos.get(name)?.dims ?? []));
  return memoryWarning({ needed, free }, 'a smaller size or fewer pictures at a time take less');
}

/** Halved until it fits, or until it cannot be smaller. */
function roomyTile(size: Size, needs: (side: number) => number, smallest: number, free: number): number {
  let tile = TILE;
  while (needs(tile) > SHARE * free) {
    const next = smallerSide(size, tile, smallest);
    if (next === null) break;
    tile = next;
  }
  return tile;
}

/** Memory that a process may still take, in bytes: of the machine, or of the container that it runs in. */
function freeMemory(): number {
  const within: unknown = Reflect.get(process, 'availableMemory');
  const bytes: unknown = typeof within === 'function' ? Reflect.apply(within, process, []) : undefined;
  return typeof bytes === 'number' && bytes > 0 ? bytes : freemem();
}

function programBytes({ weights, activations }: Footprint): number {
  const preparing = PREPARING.base + PREPARING.perWeight * weights;
  const running = RUNNING.base + RUNNING.perWeight * weights + RUNNING.perActivation * activations;
  return Math.round(Math.max(preparing, running));
}

function footprint(model: Model, device: Device, objective: Objective, tile: Size): Footprint {
  const programs = known.get(model) ?? new Map<string, Footprint>();
  known.set(model, programs);
  const key = [device, objective.key, tile.width, tile.height].join(' ');
  const before = programs.get(key);
  if (before !== undefined) return before;
  const g = model.build(tile, objective.targets);
  const value = objective.append(g);
  const [gradient] = gradients(g, value, [IMAGE], forms[device]);
  const graph = g.finish(gradient === null || gradient === undefined ? [value] : [value, gradient]);
  const found = footprintOf(graph, (name) => g.dims(name));
  if (programs.size >= MOST_KNOWN) programs.clear();
  programs.set(key, found);
  return found;
}
