/**
 * Runs a network in double precision on ONNX Runtime, to differentiate it numerically: a deep network of ReLUs and maxima
 * has kinks so close together that differences in single precision are too coarse for it. ONNX Runtime has convolutions,
 * average poolings, response normalisations and some activations for floats only, so these are written with products and
 * sums.
 */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { decodeModel, ElementType, encode } from '../formats/onnx/schema.ts';
import { writeOnnx } from '../formats/onnx/write.ts';
import { at } from '../gradient/window.ts';
import { Builder } from '../graph/builder.ts';
import { float, int, ints, type Graph, type Name, type Node } from '../graph/graph.ts';
import { windowOf, type Window } from '../graph/shapes/window.ts';
import { float32, sizeOf } from '../graph/tensor.ts';

/** A function of the graph's only input, [dims], that gives its only output, both in double precision. */
export async function inDoublePrecision(graph: Graph): Promise<(x: Float64Array) => Promise<Float64Array>> {
  const program = rewritten(graph);
  const [input] = program.inputs;
  const [output] = program.outputs;
  if (input === undefined || output === undefined) throw new Error('The graph has no input or no output.');
  const model = decodeModel(writeOnnx(program));
  for (const tensor of model.graph?.initializer ?? []) {
    if (tensor.dataType !== ElementType.FLOAT || tensor.rawData === undefined) continue;
    const floats = new Float32Array(Uint8Array.from(tensor.rawData).buffer);
    tensor.rawData = new Uint8Array(Float64Array.from(floats).buffer);
    tensor.dataType = ElementType.DOUBLE;
  }
  for (const value of [...(model.graph?.input ?? []), ...(model.graph?.output ?? [])]) {
    if (value.type?.tensorType) value.type.tensorType.elemType = ElementType.DOUBLE;
  }
  const session = await InferenceSession.create(encode('model', model), {
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
    // Without fusions, which are for floats only.
    graphOptimizationLevel: 'basic',
  });
  const dims = input.dims.map(Number);
  return async (x) => {
    const { [output]: y } = await session.run({ [input.name]: new OrtTensor('float64', x, dims) });
    if (!(y?.data instanceof Float64Array))
      throw new Error('ONNX Runtime did not answer in double precision.');
    return y.data;
  };
}

/** The same function, in operators that exist in double precision. */
function rewritten(graph: Graph): Graph {
  const g = new Builder();
  for (const { name, type, dims } of graph.inputs) g.input(name, dims.map(Number), type);
  for (const [name, tensor] of graph.constants) g.constant(tensor, name);
  const renamed = new Map<Name, Name>();
  for (const original of graph.nodes) {
    const node = { ...original, inputs: original.inputs.map((name) => renamed.get(name) ?? name) };
    const rewrite = REWRITES[node.op];
    const outputs =
      rewrite === undefined
        ? g.node(node.op, node.inputs, node.attributes, node.outputs.length)
        : [rewrite(g, node)];
    node.outputs.forEach((name, i) => renamed.set(name, outputs[i] ?? ''));
  }
  return g.finish(graph.outputs.map((name) => renamed.get(name) ?? name));
}

const REWRITES: Readonly<Record<string, (g: Builder, node: Node) => Name>> = {
  Conv: convolution,
  AveragePool: averagePool,
  GlobalAveragePool: (g, { inputs: [x = ''] }) =>
    g.reduce(
      'ReduceMean',
      x,
      g
        .dims(x)
        .slice(2)
        .map((_, i) => i + 2),
      true,
    ),
  LRN: responseNormalisation,
  Erf: errorFunction,
  HardSigmoid: (g, node) => hardSigmoid(g, node, float(node, 'alpha', 0.2), float(node, 'beta', 0.5)),
  HardSwish: (g, node) => g.mul(node.inputs[0] ?? '', hardSigmoid(g, node, 1 / 6, 0.5)),
};

/** For every place in a window, row by row, the elements of the zero-padded image that lie there at each position. */
function taps(g: Builder, x: Name, win: Window, outer: readonly number[]): Name[] {
  const axes = outer.map((_, i) => i + 2);
  const [begins, ends] = [win.pads.slice(0, outer.length), win.pads.slice(outer.length)];
  const padded = g.pad(x, [0, 0, ...begins, 0, 0, ...ends]);
  let places: number[][] = [[]];
  win.kernel.forEach((k, i) => {
    places = places.flatMap((p) => Array.from({ length: k }, (_, t) => [...p, t * at(win.dilations, i)]));
  });
  return places.map((place) => {
    const stops = place.map((p, i) => p + at(win.strides, i) * (at(outer, i) - 1) + 1);
    return g.slice(padded, axes, place, stops, win.strides);
  });
}

const sum = (g: Builder, parts: readonly Name[]): Name => parts.reduce((a, b) => g.add(a, b));

function outerOf(win: Window, size: readonly number[]): number[] {
  return size.map((n, i) => {
    const padded = n + at(win.pads, i) + at(win.pads, i + size.length);
    const reach = at(win.dilations, i) * (at(win.kernel, i) - 1) + 1;
    return Math.floor((padded - reach) / at(win.strides, i)) + 1;
  });
}

/** One matrix product over all places of the filter; for a depthwise filter, a product per place. */
function convolution(g: Builder, node: Node): Name {
  const [x = '', w = '', bias = ''] = node.inputs;
  const [m = 1, perGroup = 1, ...kernel] = g.dims(w);
  const [n = 1, c = 1, ...size] = g.dims(x);
  const filter = g.constantOf(w);
  if (filter?.type !== 'float32') throw new Error('Only constant filters are rewritten.');
  const win = windowOf(node, size, kernel);
  const outer = outerOf(win, size);
  const places = taps(g, x, win, outer);
  const weight = (i: number, j: number, place: number): number =>
    filter.data[(i * perGroup + j) * places.length + place] ?? 0;
  const ofGroups = int(node, 'group', 1);
  let y: Name;
  if (ofGroups === 1) {
    const columns = g.reshape(g.concat(places, 1), [n, places.length * c, sizeOf(outer)]);
    const rows = new Float32Array(m * places.length * c);
    for (let i = 0; i < m; i++)
      for (let p = 0; p < places.length; p++)
        for (let j = 0; j < c; j++) rows[(i * places.length + p) * c + j] = weight(i, j, p);
    y = g.reshape(g.op('MatMul', [g.constant(float32(rows, [m, places.length * c])), columns]), [
      n,
      m,
      ...outer,
    ]);
  } else {
    if (ofGroups !== c || m !== c)
      throw new Error('Only depthwise filters are rewritten, and those of one group.');
    const scaled = places.map((place, p) => {
      const perChannel = Float32Array.from({ length: c }, (_, i) => weight(i, 0, p));
      return g.mul(place, g.constant(float32(perChannel, [1, c, ...outer.map(() => 1)])));
    });
    y = sum(g, scaled);
  }
  return bias === '' ? y : g.add(y, g.reshape(bias, [m, ...outer.map(() => 1)]));
}

function averagePool(g: Builder, node: Node): Name {
  const [x = ''] = node.inputs;
  const size = g.dims(x).slice(2);
  const win = windowOf(node, size, ints(node, 'kernel_shape', []));
  const outer = outerOf(win, size);
  const total = sum(g, taps(g, x, win, outer));
  if (int(node, 'ceil_mode', 0) !== 0)
    throw new Error('Only average poolings without ceil_mode are rewritten.');
  if (int(node, 'count_include_pad', 0) === 1) return g.scale(total, 1 / sizeOf(win.kernel));
  const ones = g.constant(float32(new Float32Array(sizeOf(size)).fill(1), [1, 1, ...size]));
  return g.div(total, sum(g, taps(g, ones, win, outer)));
}

function responseNormalisation(g: Builder, node: Node): Name {
  const [x = ''] = node.inputs;
  const rank = g.dims(x).length;
  const [channels, size] = [g.dim(x, 1), int(node, 'size', 1)];
  const reach = (size - 1) / 2;
  const padding = Array.from({ length: 2 * rank }, (_, i) => (i % rank === 1 ? reach : 0));
  const squares = g.pad(g.square(x), padding);
  const window = Array.from({ length: size }, (_, i) => g.slice(squares, [1], [i], [i + channels]));
  const scaled = g.scale(sum(g, window), float(node, 'alpha', 1e-4) / size);
  const base = g.add(scaled, g.scalar(float(node, 'bias', 1)));
  return g.div(x, g.op('Pow', [base, g.scalar(float(node, 'beta', 0.75))]));
}

function hardSigmoid(g: Builder, { inputs: [x = ''] }: Node, alpha: number, beta: number): Name {
  const line = g.add(g.scale(x, alpha), g.scalar(beta));
  return g.op('Clip', [line, g.scalar(0), g.scalar(1)]);
}

/** To 1.5e-7, by formula 7.1.26 of Abramowitz & Stegun, Handbook of Mathematical Functions (1964). */
function errorFunction(g: Builder, { inputs: [x = ''] }: Node): Name {
  const size = g.unary('Abs', x);
  const t = g.unary('Reciprocal', g.add(g.scale(size, 0.3275911), g.scalar(1)));
  const coefficients = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  const polynomial = coefficients.reduce<Name>((sum, c) => g.mul(t, g.add(sum, g.scalar(c))), g.scalar(0));
  const tail = g.mul(polynomial, g.unary('Exp', g.neg(g.square(x))));
  return g.mul(g.unary('Sign', x), g.sub(g.scalar(1), tail));
}
