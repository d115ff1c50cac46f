/** Operators that are written with simpler ones when a network is read: their gradients against differences. */
import { describe, expect, it } from 'vitest';
import { values } from '../graph/normalise.cases.ts';
import { normalise } from '../graph/normalise.ts';
import { operatorCases } from '../graph/normalise/operators.cases.ts';
import { specialise } from '../graph/shapes.ts';
import { float32, numbers } from '../graph/tensor.ts';
import { cpu, gradientError } from '../testing/gradient-check.ts';
import { rules } from './rules.ts';
import type { GradientCase } from './testing/case.ts';

describe('the gradient of an operator that is written out agrees with differences', () => {
  it.each(operatorCases)('$name', async ({ name, opset, graph }) => {
    const { graph: special, infos } = specialise(normalise(graph, opset), {});
    const x = values(...(graph.inputs[0]?.dims ?? []).map(Number));
    const kinked = /Relu|Clip|HardSigmoid/.test(name);
    // Differences stay on one side of a kink where they are small beside the values.
    const factor = kinked ? 2 : 0.4;
    const case_: GradientCase = {
      title: name,
      operands: [
        float32(
          numbers(x).map((v) => v * factor),
          x.dims,
        ),
      ],
      wrt: [0],
      smoothness: kinked ? 'kinked' : 'smooth',
      build(g, [x = '']) {
        g.inline(special, infos, { x });
        return special.outputs.filter((output) => !special.constants.has(output));
      },
    };
    expect(await gradientError(cpu, case_, rules)).toBeLessThan(2e-3);
  });
});
