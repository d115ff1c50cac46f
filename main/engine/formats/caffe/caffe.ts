/** Caffe's networks → neutral graph: a `.caffemodel` alone, or the weights in it with the layers of a `.prototxt`. */
import { ReverieError } from '../../../../shared/errors.ts';
import type { Graph } from '../../graph/graph.ts';
import { declaredInputs, hintsOf, type CaffeHints } from './inputs.ts';
import type { LayerParameter, NetParameter } from './messages.ts';
import { buildGraph } from './network.ts';
import { looksLikePrototxt, parsePrototxt } from './prototxt.ts';
import { decodeNet } from './schema.ts';
import { looksLikeCaffe } from './signature.ts';
import { testLayers } from './test-phase.ts';
import { upgradedLayers } from './upgrade.ts';

export type { CaffeHints } from './inputs.ts';
export { looksLikePrototxt } from './prototxt.ts';
export { looksLikeCaffe } from './signature.ts';

/** A network as it runs in the test phase, and what its files tell about its pictures. */
export interface CaffeNetwork {
  /** In opset 20, with one input [N, C, H, W] whose height and width are free; the last output is the main one. */
  readonly graph: Graph;
  readonly hints: CaffeHints;
}

/**
 * The network in the bytes of a `.caffemodel` of any version. With a `prototxt`, that says which layers there are, and the
 * file only gives their weights, by name. Layers of unknown types are kept as operators `caffe.<type>`.
 * @throws `model/unreadable` for anything that is not a whole network with its weights, `model/unsupported` for layers that
 *   do what cannot be done here.
 */
export function readCaffe(bytes: Uint8Array, prototxt?: string): CaffeNetwork {
  const saved = decode(bytes);
  const savedLayers = upgradedLayers(saved);
  if (savedLayers.length === 0) throw unreadable('The Caffe file holds no layers.');
  const described = prototxt === undefined ? saved : parsePrototxt(prototxt);
  const all = prototxt === undefined ? savedLayers : withWeights(upgradedLayers(described), savedLayers);
  const layers = testLayers(all, prototxt === undefined);
  const graph = buildGraph(described.name ?? saved.name ?? '', layers, declaredInputs(described, layers));
  const shape = declaredInputs(described, all).get(graph.inputs[0]?.name ?? '') ?? [];
  return { graph, hints: hintsOf(shape, [...layers, ...all, ...savedLayers]) };
}

function decode(bytes: Uint8Array): NetParameter {
  if (looksLikePrototxt(beginning(bytes))) {
    throw unreadable(
      'This .prototxt describes a Caffe network without its weights: open the .caffemodel that belongs to it.',
    );
  }
  try {
    return decodeNet(bytes);
  } catch (cause) {
    if (cause instanceof ReverieError) throw cause;
    const sentence = looksLikeCaffe(bytes)
      ? 'The Caffe file is damaged or incomplete.'
      : 'This is not a Caffe network: its bytes do not form one.';
    throw new ReverieError('model/unreadable', sentence, {}, { cause });
  }
}

/** Enough of a text to tell what it is; bytes that are no text make none that looks like a network. */
function beginning(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 16_384));
}

/** The layers of a text with the weights that a file has for their names. */
function withWeights(layers: readonly LayerParameter[], saved: readonly LayerParameter[]): LayerParameter[] {
  const weights = new Map<string, Uint8Array[]>();
  for (const { name = '', blobs = [] } of saved) if (blobs.length > 0) weights.set(name, blobs);
  if (layers.length === 0) throw unreadable('The prototxt describes no layers.');
  return layers.map((layer) => ({ ...layer, blobs: weights.get(layer.name ?? '') ?? [] }));
}

function unreadable(sentence: string): ReverieError {
  return new ReverieError('model/unreadable', sentence);
}
