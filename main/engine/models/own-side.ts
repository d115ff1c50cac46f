/** The pictures that a network was made for, where its file declares no size: transformers have a learnt position for each patch. */
import { ReverieError } from '../../../shared/errors.ts';
import { ints, type Graph } from '../graph/graph.ts';
import { inferShapes } from '../graph/shapes.ts';

/** The largest side that is looked for, in pixels. */
const LARGEST = 1024;

/**
 * Side of the square pictures that a network works on: `usual` where it does, else the only other one, a multiple of its
 * patches. `usual` where there is none, so that whoever uses the network is told why.
 *
 * @param dimsAt shape of its input for pictures of a side
 */
export function ownSide(graph: Graph, dimsAt: (side: number) => readonly number[], usual: number): number {
  const [input] = graph.inputs;
  if (input === undefined) return usual;
  const works = (side: number): boolean => {
    try {
      inferShapes(graph, { [input.name]: dimsAt(side) });
      return true;
    } catch (error) {
      if (error instanceof ReverieError) return false;
      throw error;
    }
  };
  if (works(usual)) return usual;
  const patches = graph.nodes.find(({ op }) => op === 'Conv');
  const [step = 1] = patches === undefined ? [] : ints(patches, 'strides', [1]);
  // What merges patches, or looks through windows, may only work from some size on: all are tried.
  for (let side = step; step > 1 && side <= LARGEST; side += step) if (works(side)) return side;
  return usual;
}
