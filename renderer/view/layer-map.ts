/** A network as a map: layers from the picture downwards, those that work side by side in one row, and the ways between them. */
import type { LayerInfo, LayerRole } from '../../shared/contract/models.ts';

/** What a layer's place is told from. */
export type MapLayer = Pick<LayerInfo, 'name' | 'role' | 'inputs'>;

export interface MapNode {
  /** Place in the list of layers. */
  readonly index: number;
  readonly row: number;
  /** Among the layers of its row, from 0; with the number of them. */
  readonly column: number;
  readonly columns: number;
}

interface MapEdge {
  readonly from: number;
  readonly to: number;
}

export interface NetworkMap {
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  readonly rows: number;
}

/**
 * A layer stands in the row after the last of those that it reads; within a row, in the order of what they read, so that few
 * ways cross. `shown`: only these places; what leads through others leads through to those before them.
 */
export function mapOf(layers: readonly MapLayer[], shown: ReadonlySet<number>): NetworkMap {
  const sources = layers.map((layer) => layer.inputs);
  const nearest: (readonly number[])[] = [];
  sources.forEach((inputs, i) => {
    nearest[i] = [
      ...new Set(inputs.flatMap((input) => (shown.has(input) ? [input] : (nearest[input] ?? [])))),
    ];
  });
  const rowOf = new Map<number, number>();
  const rows: number[][] = [];
  layers.forEach((_, i) => {
    if (!shown.has(i)) return;
    const row = 1 + Math.max(-1, ...(nearest[i] ?? []).map((input) => rowOf.get(input) ?? -1));
    rowOf.set(i, row);
    (rows[row] ??= []).push(i);
  });
  const columnOf = new Map<number, number>();
  const nodes = rows.flatMap((members, row) => {
    const middle = (i: number): number => mean((nearest[i] ?? []).map((input) => columnOf.get(input) ?? 0.5));
    const sorted = members.toSorted((a, b) => middle(a) - middle(b) || a - b);
    return sorted.map((index, column) => {
      columnOf.set(index, (column + 0.5) / sorted.length);
      return { index, row, column, columns: sorted.length };
    });
  });
  const edges = nodes.flatMap(({ index }) => (nearest[index] ?? []).map((from) => ({ from, to: index })));
  return { nodes, edges, rows: rows.length };
}

/** Layers that change nothing about what a unit stands for: a map without them is easier to read. */
const MINOR: ReadonlySet<LayerRole> = new Set(['activation', 'normalisation', 'arithmetic', 'rearrangement']);

/**
 * The layers that a map shows: a convolution and the gate after it are one, by the name of the gate, whose values people
 * mean; so is whatever else only passes on.
 */
export function landmarks(layers: readonly MapLayer[]): ReadonlySet<number> {
  const readers = new Map<number, number[]>();
  layers.forEach(({ inputs }, i) =>
    inputs.forEach((input) => readers.set(input, [...(readers.get(input) ?? []), i])),
  );
  const shown = new Set(layers.keys());
  layers.forEach(({ role, inputs }, i) => {
    const [only] = inputs;
    if (!MINOR.has(role) || only === undefined || inputs.length !== 1) return;
    // The one before is nobody else's: the gate takes its place.
    if (readers.get(only)?.length === 1) shown.delete(only);
    else shown.delete(i);
  });
  return shown;
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0.5 : values.reduce((a, b) => a + b, 0) / values.length;
