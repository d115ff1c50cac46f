import { describe, expect, it } from 'vitest';
import { operatorCases, operatorGraph } from '../testing/operator-cases.ts';
import { runGraph } from '../testing/run-graph.ts';
import { kernels } from './evaluate.ts';
import type { Graph, Name, Node } from './graph.ts';
import { inferShapes, shapeRules } from './shapes.ts';
import type { Case, Cases } from './shapes/cases/case.ts';
import { choosing } from './shapes/cases/choosing.ts';
import { elements } from './shapes/cases/elements.ts';
import { layers } from './shapes/cases/layers.ts';
import { rearranging } from './shapes/cases/rearranging.ts';
import { windows } from './shapes/cases/windows.ts';
import { numbers, type Tensor } from './tensor.ts';

const families: Readonly<Record<string, Cases>> = { choosing, elements, layers, rearranging, windows };
const cases: Cases = { ...choosing, ...elements, ...layers, ...rearranging, ...windows };

for (const [family, operators] of Object.entries(families)) {
  describe(`${family}: shapes, types and values as ONNX Runtime has them`, () => {
    for (const [op, list] of Object.entries(operators)) {
      it.each(list.map((each) => [title(each), each] as const))(`${op} %s`, (_, each) => compare(op, each));
    }
  });
}

describe('in cases of the gradient rules: shapes, types and values as ONNX Runtime has them', () => {
  const tried = new Set<string>();
  const firsts = operatorCases.filter(({ op }) => !tried.has(op) && tried.add(op));

  it.each(firsts)('$title', async ({ test }) => {
    await compareGraph(operatorGraph(test), new Map());
  });

  it('and in its own: every operator with a rule has one, and no others', () => {
    const covered = new Set([...Object.keys(cases), ...tried]);
    expect([...covered].sort()).toEqual(Object.keys(shapeRules).sort());
  });
});

it('has a case with known inputs for every operator whose values are computed', () => {
  const covered = Object.entries(cases).filter(([, list]) => list.some(isKnown));
  expect(covered.map(([op]) => op)).toEqual(expect.arrayContaining([...kernels.keys()]));
});

async function compare(op: string, each: Case): Promise<void> {
  const graph = graphOf(op, each);
  const infos = inferShapes(graph, {});
  const feeds = new Map(
    each.inputs.flatMap((sample, i) => (sample?.fed ? [[`in${i}`, sample.tensor] as const] : [])),
  );
  const outputs = await compareGraph(graph, feeds);
  // Only what is small is evaluated; all known inputs of the cases are.
  if (!kernels.has(op) || !isKnown(each)) return;
  for (const [name, { data }] of outputs)
    if (data.length < 1000) expect(infos.get(name)?.value).toBeDefined();
}

/** What we say about the outputs of a graph, and what ONNX Runtime gives. */
async function compareGraph(graph: Graph, feeds: ReadonlyMap<Name, Tensor>): Promise<Map<Name, Tensor>> {
  const infos = inferShapes(graph, {});
  const types = new Map(graph.outputs.map((name) => [name, infos.get(name)?.type ?? 'float32']));
  const actual = await runGraph(graph, feeds, { types });
  for (const name of graph.outputs) {
    const info = infos.get(name);
    const tensor = actual.get(name);
    expect(info && { type: info.type, dims: info.dims }).toEqual(
      tensor && { type: tensor.type, dims: tensor.dims },
    );
    if (info?.value === undefined || tensor === undefined) continue;
    expect(info.value.type).toBe(info.type);
    expect(info.value.dims).toEqual(info.dims);
    if (tensor.type === 'float32') {
      numbers(info.value).forEach((v, i) => expect(v).toBeCloseTo(tensor.data[i] ?? NaN, 6));
    } else expect(info.value.data).toEqual(tensor.data);
  }
  return actual;
}

function graphOf(op: string, { attributes, inputs, outputs }: Case): Graph {
  const names = inputs.map((sample, i) => (sample === undefined ? '' : `in${i}`));
  const results = Array.from({ length: outputs }, (_, i) => `out${i}`);
  const node: Node = { op, name: 'node', inputs: names, outputs: results, attributes };
  const samples = inputs.flatMap((sample, i) =>
    sample === undefined ? [] : [{ ...sample, name: `in${i}` }],
  );
  return {
    name: op,
    inputs: samples
      .filter(({ fed }) => fed)
      .map(({ name, tensor }) => ({ name, type: tensor.type, dims: tensor.dims })),
    outputs: results,
    nodes: [node],
    constants: new Map(samples.filter(({ fed }) => !fed).map(({ name, tensor }) => [name, tensor])),
  };
}

function isKnown({ inputs }: Case): boolean {
  return inputs.every((sample) => !sample?.fed);
}

function title({ attributes, inputs }: Case): string {
  const list = inputs.map((s) =>
    s === undefined ? '–' : s.fed ? s.tensor.dims.join('×') : `(${numbers(s.tensor).join(' ')})`,
  );
  return `${JSON.stringify(attributes, (_, v: unknown) => (typeof v === 'bigint' ? Number(v) : v))} of ${list.join(', ')}`;
}
