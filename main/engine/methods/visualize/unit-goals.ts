/** The numbers that tell a program of `exciteUnits` what each image of a batch is to excite. */
import { feedName, type Excitation, type Feed } from '../../ascent/unit-objective.ts';
import type { Name } from '../../graph/graph.ts';
import { float32, sizeOf, type FloatTensor } from '../../graph/tensor.ts';
import type { Place } from '../../../../shared/targets.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import type { Term } from '../common/targets.ts';

/** The weighted sum that one image makes large. */
export type Goal = readonly Term[];

function formOf({ selection: { kind } }: Term): Excitation['form'] {
  if (kind === 'layer') return 'energy';
  return kind === 'direction' ? 'direction' : 'linear';
}

const isToken = ({ selection }: Term): boolean => selection.kind === 'neuron' && selection.at === 'class';

/** Every way in which the goals excite a tensor, once, in an order that depends on the set of them alone. */
export function excitationsOf(goals: readonly Goal[]): Excitation[] {
  const found = new Map<string, Excitation>();
  for (const term of goals.flat()) {
    const form = formOf(term);
    const token = isToken(term);
    found.set(`${form} ${token ? 'class token of ' : ''}${term.tensor}`, {
      tensor: term.tensor,
      form,
      token,
    });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, excitation]) => excitation);
}

/**
 * What to feed so that each image of the batch excites its own goal.
 *
 * @throws ReverieError `usage/option` for a neuron beyond its layer's grid
 */
export function feedsFor(
  goals: readonly Goal[],
  excitations: readonly Excitation[],
  feeds: readonly Feed[],
): Record<Name, FloatTensor> {
  return Object.fromEntries(
    feeds.map(({ dims }, index) => {
      const excitation = excitations[index];
      const data = new Float32Array(sizeOf(dims));
      const each = data.length / goals.length;
      goals.forEach((goal, image) => {
        const own = data.subarray(image * each, (image + 1) * each);
        for (const term of goal) {
          if (excitation !== undefined && excites(excitation, term)) add(term, own, dims);
        }
      });
      return [feedName(index), float32(data, dims)];
    }),
  );
}

const excites = ({ tensor, form, token }: Excitation, term: Term): boolean =>
  term.tensor === tensor && formOf(term) === form && isToken(term) === token;

/** Adds a term's weights to an image's share of a feed of shape [N, C, …]. */
function add(term: Term, own: Float32Array, [, , ...spatial]: readonly number[]): void {
  const { selection, weight } = term;
  const positions = sizeOf(spatial);
  const raise = (i: number, by: number): void => {
    own[i] = (own[i] ?? 0) + by;
  };
  switch (selection.kind) {
    case 'layer':
      raise(0, weight);
      break;
    case 'channel':
      for (let i = 0; i < positions; i++) raise(selection.channel * positions + i, weight / positions);
      break;
    case 'class':
      raise(selection.index * positions, weight);
      break;
    case 'neuron':
      raise(selection.channel * positions + place(term, selection.at, spatial), weight);
      break;
    case 'direction':
      selection.direction.forEach((value, i) => raise(i, weight * value));
  }
}

/** Where a neuron lies in its layer's grid; the centre as lucid has it. */
function place({ text, layer }: Term, at: Place, spatial: readonly number[]): number {
  if (at === 'class') return 0;
  const [height = 1, width = 1] = spatial;
  const { x, y } = at ?? { x: width >> 1, y: height >> 1 };
  if (x < width && y < height) return y * width + x;
  throw new ReverieError(
    'usage/option',
    `"${text}" lies beyond the grid of layer "${layer}", which is ${width}×${height} at this size; the columns are 0 to ${width - 1}, the rows 0 to ${height - 1}.`,
  );
}
