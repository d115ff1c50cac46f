import { describe, expect, test } from 'vitest';
import { ReverieError } from '../../../../shared/errors.ts';
import type { Graph } from '../../graph/graph.ts';
import { writeOnnx } from './write.ts';
import { small } from './testing/samples.ts';
import { readOnnx } from './onnx.ts';
import { picking } from '../../testing/fuzz/picking.ts';

describe('hostile bytes', () => {
  const valid = writeOnnx(small);

  /** Reads the bytes; all that may happen is a graph or a refusal. */
  function attempt(bytes: Uint8Array): Graph | null {
    try {
      return readOnnx(bytes);
    } catch (error) {
      if (!(error instanceof ReverieError)) throw error;
      expect(error.code).toMatch(/^model\//);
      return null;
    }
  }

  test('cut off anywhere', () => {
    for (let length = 0; length < valid.length; length++)
      expect(attempt(valid.slice(0, length)), `${length}`).toBeNull();
    expect(attempt(valid)).toEqual(small);
  });

  test('with bytes changed, inserted and removed', () => {
    const pick = picking(1);
    let refused = 0;
    for (let round = 0; round < 600; round++) {
      const bytes = Array.from(valid);
      for (let i = 0; i <= pick(4); i++)
        bytes.splice(pick(bytes.length), pick(3), ...Array.from({ length: pick(3) }, () => pick(256)));
      refused += attempt(Uint8Array.from(bytes)) === null ? 1 : 0;
    }
    expect(refused).toBeGreaterThan(300);
  });

  test('without any order', () => {
    const pick = picking(2);
    for (let round = 0; round < 300; round++)
      attempt(Uint8Array.from({ length: pick(200) }, () => pick(256)));
  });

  test('nested without end', () => {
    // Field 7 as the beginning of a group, again and again.
    expect(attempt(new Uint8Array(100_000).fill((7 << 3) | 3))).toBeNull();
  });
});
