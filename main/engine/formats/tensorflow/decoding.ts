/**
 * Graphs that read a JPEG file themselves, as TensorFlow's first Inception v3 does. Pictures are fed where that one's
 * pixels have become a batch of the size that it was trained on: so they may have any size.
 */
import { ElementType } from './schema.ts';
import type { Operation } from './operation.ts';

const DECODERS = /^Decode(Jpeg|Png|Bmp|Gif|Image)$|^DecodeAndCropJpeg$/;

/** What brings decoded pixels into the form of a batch. */
const PREPARATION = new Set(['Cast', 'ExpandDims', 'ResizeBilinear', 'ResizeNearestNeighbor', 'Identity']);

/** How many such nodes may follow each other. */
const LONGEST = 8;

/** The graph with a placeholder in place of the picture file that it decodes, if it has no placeholder of its own. */
export function feedPictures(all: readonly Operation[]): readonly Operation[] {
  if (all.some(({ op }) => op === 'Placeholder')) return all;
  const decoder = all.find(({ op }) => DECODERS.test(op));
  if (decoder === undefined) return all;
  const last = preparedBy(decoder, all);
  return all.map((operation) => (operation === last ? pictures(operation) : operation));
}

/** The last node of the chain that prepares what a decoder gives. */
function preparedBy(decoder: Operation, all: readonly Operation[]): Operation {
  let last = decoder;
  for (let steps = 0; steps < LONGEST; steps++) {
    const { name } = last;
    const readers = all.filter(({ inputs }) => inputs.some(({ node }) => node === name));
    const [next] = readers;
    if (next === undefined || readers.length > 1 || !PREPARATION.has(next.op)) break;
    last = next;
  }
  return last;
}

function pictures({ name }: Operation): Operation {
  const shape = { dim: [{ size: -1 }, { size: -1 }, { size: -1 }, { size: 3 }] };
  return {
    name,
    op: 'Placeholder',
    inputs: [],
    attributes: { dtype: { type: ElementType.FLOAT }, shape: { shape } },
  };
}
