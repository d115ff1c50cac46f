import { expect, it } from 'vitest';
import { forms } from '../gradient/forms.ts';
import { optimise } from '../graph/optimise.ts';
import { specialise } from '../graph/shapes.ts';
import { compareGraphs, normalTensor } from '../testing/compare-graphs.ts';
import { describeWithShared } from '../testing/shared-folder.ts';
import { readSharedNetwork, type SharedNetwork } from '../testing/shared-network.ts';

const DIMS = [1, 3, 96, 112];

/** Deep tensors of the real networks; behind a response normalisation and a pooling, rounding may pick another maximum. */
const TARGETS: [SharedNetwork, string, number][] = [
  ['googlenet', 'conv2/norm2', 1e-5],
  ['googlenet', 'inception_4c/output', 0.05],
  ['inception_v3_mixed8', 'mixed5', 1e-5],
  ['mobilenet_v2', 'expanded_conv_12/add', 1e-5],
  ['squeezenet1.1', 'fire8/concat', 1e-5],
];

describeWithShared('what makes a step fast changes its numbers by rounding alone', () => {
  it.each(TARGETS)('%s to %s', async (name, target, tolerance) => {
    const network = readSharedNetwork(name);
    const input = network.inputs[0]?.name ?? '';
    const { graph, infos } = specialise(network, { [input]: DIMS }, [target]);
    const x = { ...normalTensor(DIMS) };
    x.data.forEach((v, i) => (x.data[i] = 40 * v));
    const optimised = optimise(graph, infos);
    const found = await compareGraphs({ graph }, { graph: optimised, rules: forms.cpu }, x);
    expect(found.values).toBeLessThan(1e-5);
    expect(found.gradient).toBeLessThan(tolerance);
    const general = await compareGraphs({ graph: optimised }, { graph: optimised, rules: forms.cpu }, x);
    expect(general.gradient).toBeLessThan(1e-5);
  });
});
