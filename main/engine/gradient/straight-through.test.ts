import { expect, it } from 'vitest';
import { Builder } from '../graph/builder.ts';
import { normalise } from '../graph/normalise.ts';
import { specialise } from '../graph/shapes.ts';
import { float32 } from '../graph/tensor.ts';
import { valuesOf } from '../testing/gradient-check.ts';
import { gradients } from './backward.ts';
import { rules } from './rules.ts';

it('a rounding to small integers passes the gradient straight through, where nothing is cut', async () => {
  const node = (op: string, inputs: string[], output: string, attributes = {}) => ({
    ...{ op, name: output, inputs, attributes },
    outputs: [output],
  });
  const uint8 = { output_dtype: 2 };
  const quantised = normalise(
    {
      name: 'quantised',
      inputs: [{ name: 'x', type: 'float32', dims: [6] }],
      outputs: ['y'],
      nodes: [node('QuantizeLinear', ['x', 's'], 'q', uint8), node('DequantizeLinear', ['q', 's'], 'y')],
      constants: new Map([['s', float32([0.01], [])]]),
    },
    20,
  );
  const { graph, infos } = specialise(quantised, { x: [6] });
  const g = new Builder();
  g.input('x', [6]);
  g.inline(graph, infos, {});
  const [dx] = gradients(g, g.total('y'), ['x'], rules);
  const [slopes = []] = await valuesOf(g, [dx ?? ''], { x: float32([-1, -0.004, 0.003, 1.234, 2.5, 3]) });
  expect([...slopes]).toEqual([0, 0, 1, 1, 1, 0].map((v): unknown => expect.closeTo(v, 5)));
});
