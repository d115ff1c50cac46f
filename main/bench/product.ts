/** The yardstick: how fast this machine multiplies matrices in single precision. */
import { Builder } from '../engine/graph/builder.ts';
import { float32 } from '../engine/graph/tensor.ts';
import type { Program, Runtime } from '../engine/runtime/runtime.ts';

/** A product of two square matrices. */
export interface Product {
  readonly gflop: number;
  run(): Promise<unknown>;
  dispose(): Promise<void>;
}

/** Neither matrix is all zeros or ones, which some processors multiply faster. */
const matrix = (side: number) =>
  float32(
    Float32Array.from({ length: side * side }, (_, i) => Math.sin(i)),
    [side, side],
  );

/** @param side rows and columns of either matrix */
export async function squareProduct(runtime: Runtime, side: number): Promise<Product> {
  const g = new Builder();
  const a = g.input('a', [side, side]);
  const product = g.op('MatMul', [a, g.constant(matrix(side))]);
  const program: Program = await runtime.compile(g.finish([product]));
  const feeds = { [a]: matrix(side) };
  return {
    gflop: (2 * side ** 3) / 1e9,
    run: () => program.run(feeds),
    dispose: () => program.dispose(),
  };
}
