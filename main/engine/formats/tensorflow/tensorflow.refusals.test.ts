/** What is taken for a graph of TensorFlow, and which of them are refused in a sentence. */
import { describe, expect, it } from 'vitest';
import { float32, int64 } from '../../graph/tensor.ts';
import { refusal } from '../../testing/refusal.ts';
import { small } from '../onnx/testing/samples.ts';
import { writeOnnx } from '../onnx/write.ts';
import { looksLikeTensorflow, readTensorflow } from './tensorflow.ts';
import { attr, constant, graphDef, node, placeholder } from './testing/graph-def.ts';
import { bytes, integer, join, type Bytes } from './testing/wire.ts';

const filter = constant('w', float32(new Float32Array(27).fill(0.5), [3, 3, 3, 1]));
const same = { strides: attr.ints([1, 1, 1, 1]), padding: attr.text('SAME') };
const x = placeholder('x');
const relu = graphDef(x, node('y', 'Relu', ['x']));

describe('readTensorflow', () => {
  it.each<[string, Uint8Array, string, RegExp]>([
    ['nothing', new Uint8Array(), 'model/unreadable', /no nodes/],
    ['a SavedModel', savedModel(), 'model/unsupported', /SavedModel.*freeze/],
    ['text', Buffer.from('node {\n  name: "x"\n}\n'), 'model/unsupported', /\.pbtxt/],
    ['an ONNX network', writeOnnx(small), 'model/unreadable', /not a TensorFlow graph/],
    [
      'no placeholder',
      graphDef(constant('c', float32([1])), node('y', 'Relu', ['c'])),
      'model/unsupported',
      /Placeholder/,
    ],
    [
      'variables',
      graphDef(x, node('v', 'VariableV2'), node('y', 'Add', ['x', 'v'])),
      'model/unsupported',
      /freeze it/,
    ],
    ['functions', graphDef(x, node('y', 'StatefulPartitionedCall', ['x'])), 'model/unsupported', /inlined/],
    ['quantised numbers', graphDef(x, node('y', 'QuantizeV2', ['x'])), 'model/unsupported', /quantised/],
    [
      'a loop',
      graphDef(
        x,
        node('m', 'Merge', ['x', 'n']),
        node('n', 'NextIteration', ['m']),
        node('y', 'Exit', ['m']),
      ),
      'model/unsupported',
      /loop/,
    ],
    [
      'a cycle',
      graphDef(x, node('a', 'Add', ['x', 'b']), node('b', 'Relu', ['a']), node('y', 'Relu', ['b'])),
      'model/unreadable',
      /cyclic/,
    ],
    [
      'a name given twice',
      graphDef(x, node('y', 'Relu', ['x']), node('y', 'Exp', ['x'])),
      'model/unreadable',
      /two nodes/,
    ],
    ['a node without a name', graphDef(x, node('', 'Relu', ['x'])), 'model/unreadable', /no name/],
    [
      'an input that is missing',
      graphDef(x, node('y', 'Add', ['x', 'nobody'])),
      'model/unreadable',
      /"nobody"/,
    ],
    ['too few inputs', graphDef(x, node('y', 'Add', ['x'])), 'model/unreadable', /1 inputs/],
    [
      'an output that is missing',
      graphDef(x, node('a', 'Relu', ['x']), node('y', 'Relu', ['a:7'])),
      'model/unreadable',
      /no output 7/,
    ],
    [
      'an output beyond all reason',
      graphDef(x, node('a', 'Magic', ['x']), node('y', 'Relu', ['a:999999999'])),
      'model/unsupported',
      /999999999/,
    ],
    [
      'parts beyond all reason',
      graphDef(x, node('y', 'Unpack', ['x'], { num: attr.int(2 ** 40) })),
      'model/unreadable',
      /outputs/,
    ],
    [
      'a batch normalisation in training',
      graphDef(x, filter, node('y', 'FusedBatchNorm', ['x', 'w', 'w', 'w', 'w'])),
      'model/unsupported',
      /training/,
    ],
    [
      'an unknown data_format',
      graphDef(
        x,
        filter,
        node('y', 'Conv2D', ['x', 'w'], { ...same, data_format: attr.text('NCHW_VECT_C') }),
      ),
      'model/unsupported',
      /NCHW_VECT_C/,
    ],
    [
      'an unknown padding',
      graphDef(x, filter, node('y', 'Conv2D', ['x', 'w'], { strides: attr.ints([1, 1, 1, 1]) })),
      'model/unreadable',
      /padding/,
    ],
    [
      'strides over channels',
      graphDef(x, filter, node('y', 'Conv2D', ['x', 'w'], { ...same, strides: attr.ints([1, 1, 1, 2]) })),
      'model/unsupported',
      /strides/,
    ],
    [
      'an axis that is computed',
      graphDef(x, node('s', 'Shape', ['x']), node('y', 'Mean', ['x', 's'])),
      'model/unsupported',
      /axes/,
    ],
    [
      'a lone BatchToSpaceND',
      graphDef(x, constant('b', int64([2, 2])), node('y', 'BatchToSpaceND', ['x', 'b', 'b'])),
      'model/unsupported',
      /dilated/,
    ],
    [
      'a constant without a value',
      graphDef(x, node('c', 'Const'), node('y', 'Add', ['x', 'c'])),
      'model/unreadable',
      /no value/,
    ],
    [
      'an input of text',
      graphDef(node('x', 'Placeholder', [], { dtype: attr.type(7) }), node('y', 'Relu', ['x'])),
      'model/unsupported',
      /numbers/,
    ],
  ])('refuses %s', (_, file, code, sentence) => {
    const error = refusal(() => readTensorflow(file));
    expect(error.message).toMatch(sentence);
    expect(error.code).toBe(code);
  });
});

describe('looksLikeTensorflow', () => {
  it('knows graphs, whole or cut off, and SavedModels', () => {
    expect(looksLikeTensorflow(relu)).toBe(true);
    expect(looksLikeTensorflow(relu.subarray(0, relu.length - 20))).toBe(true);
    expect(looksLikeTensorflow(join(bytes(4, integer(1, 27)), relu))).toBe(true);
    expect(looksLikeTensorflow(savedModel())).toBe(true);
  });

  it.each<[string, Uint8Array]>([
    ['ONNX', writeOnnx(small)],
    ['nothing', new Uint8Array()],
    [
      'a Caffe network, which begins with its name',
      join(bytes(1, 'GoogleNet'), bytes(100, bytes(1, 'data'))),
    ],
    ['an old Caffe network', join(bytes(1, 'GoogleNet'), bytes(2, bytes(4, 'data')))],
    ['a ZIP archive', Buffer.from('PK\u0003\u0004and more')],
    ['text', Buffer.from('node { name: "x" }')],
    ['HDF5', Buffer.from('\u0089HDF\r\n\u001a\n')],
    ['zeros', new Uint8Array(100)],
  ])('is not deceived by %s', (_, file) => {
    expect(looksLikeTensorflow(file)).toBe(false);
  });
});

/** `saved_model.pb`: a version, and a MetaGraphDef with a graph whose weights lie elsewhere. */
function savedModel(): Bytes {
  const graph = graphDef(placeholder('x'), node('v', 'VarHandleOp'));
  return join(integer(1, 1), bytes(2, join(bytes(1, bytes(5, '2.15.0')), bytes(2, graph))));
}
