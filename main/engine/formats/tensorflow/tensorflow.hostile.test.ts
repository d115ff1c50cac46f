import { describe, expect, test } from 'vitest';
import { ReverieError } from '../../../../shared/errors.ts';
import type { Graph } from '../../graph/graph.ts';
import { float32, int64 } from '../../graph/tensor.ts';
import { looksLikeTensorflow, readTensorflow } from './tensorflow.ts';
import { attr, constant, graphDef, node, placeholder } from './testing/graph-def.ts';
import { picking } from '../../testing/fuzz/picking.ts';

/** A bit of everything: the network that hostile bytes are made from. */
const valid = graphDef(
  placeholder('x'),
  constant('w', float32(new Float32Array(24).fill(0.5), [2, 2, 3, 2]), 'packed'),
  node('conv', 'Conv2D', ['x', 'w'], { strides: attr.ints([1, 2, 2, 1]), padding: attr.text('SAME') }),
  constant('b', float32([1, 2])),
  node('biased', 'BiasAdd', ['conv', 'b']),
  constant('axis', int64([3], []), 'unpacked'),
  node('joined', 'ConcatV2', ['conv', 'biased', 'axis']),
  constant('begin', int64([0, 1])),
  constant('end', int64([0, 4])),
  constant('strides', int64([1, 2])),
  node('cut', 'StridedSlice', ['joined', 'begin', 'end', 'strides'], {
    begin_mask: attr.int(1),
    end_mask: attr.int(1),
  }),
  constant('axes', int64([1, 2])),
  node('y', 'Mean', ['cut', 'axes']),
);

/** Reads the bytes; all that may happen is a graph or a refusal. */
function attempt(bytes: Uint8Array): Graph | null {
  looksLikeTensorflow(bytes);
  try {
    return readTensorflow(bytes);
  } catch (error) {
    if (!(error instanceof ReverieError)) throw error;
    expect(error.code).toMatch(/^model\//);
    expect(error.message).toMatch(/\.$/);
    return null;
  }
}

describe('hostile bytes', () => {
  test('cut off anywhere', () => {
    let refused = 0;
    for (let length = 0; length < valid.length; length++)
      refused += attempt(valid.subarray(0, length)) === null ? 1 : 0;
    // Between two nodes, what came before may be a network of its own.
    expect(refused).toBeGreaterThan(valid.length - 20);
    expect(attempt(valid)?.nodes).toHaveLength(5);
  });

  test('with bytes changed, inserted and removed', () => {
    const pick = picking(1);
    let refused = 0;
    for (let round = 0; round < 1500; round++) {
      const bytes = Array.from(valid);
      for (let i = 0; i <= pick(4); i++)
        bytes.splice(pick(bytes.length), pick(3), ...Array.from({ length: pick(3) }, () => pick(256)));
      refused += attempt(Uint8Array.from(bytes)) === null ? 1 : 0;
    }
    expect(refused).toBeGreaterThan(500);
  });

  test('with one byte changed, which leaves most of it whole', () => {
    const pick = picking(3);
    for (let i = 0; i < valid.length; i++) attempt(valid.with(i, pick(256)));
  });

  test('without any order', () => {
    const pick = picking(2);
    for (let round = 0; round < 300; round++)
      attempt(Uint8Array.from({ length: pick(200) }, () => pick(256)));
  });

  test('nested without end', () => {
    // Field 2 as the beginning of a group, again and again; and messages within messages.
    expect(attempt(new Uint8Array(100_000).fill((2 << 3) | 3))).toBeNull();
    expect(attempt(new Uint8Array(100_000).fill((1 << 3) | 2))).toBeNull();
  });

  test('with everything reading everything', () => {
    const names = Array.from({ length: 120 }, (_, i) => `n${i}`);
    const nodes = names.map((name, i) => node(name, 'AddN', i === 0 ? ['x'] : names.slice(0, i)));
    expect(attempt(graphDef(placeholder('x'), ...nodes))).not.toBeNull();
  });
});
