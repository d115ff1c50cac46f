import { expect, it } from 'vitest';
import { networkGradientErrors } from '../testing/network-gradient.ts';
import { describeWithShared } from '../testing/shared-folder.ts';

const ODD = [131, 97] as const;
const USUAL = [224, 224] as const;

const NETWORKS: readonly (readonly [network: string, layer: string, size: readonly [number, number]])[] = [
  ['googlenet', 'conv2/norm2', ODD],
  ['googlenet', 'inception_4c/output', USUAL],
  ['googlenet', 'loss3/classifier', ODD],
  ['squeezenet1.1', 'fire2/concat', ODD],
  ['squeezenet1.1', 'fire9/concat', USUAL],
  ['squeezenet1.1', 'prob', ODD],
  ['mobilenet_v2', 'expanded_conv_2/add', USUAL],
  ['mobilenet_v2', 'expanded_conv_9/add', ODD],
  ['mobilenet_v2', 'Conv_1', ODD],
  ['inception_v3_mixed8', 'conv_4', ODD],
  ['inception_v3_mixed8', 'mixed3', ODD],
  ['inception_v3_mixed8', 'mixed8', ODD],
];

describeWithShared('the gradient of a network agrees with differences', () => {
  it.each(NETWORKS)('%s at %s, %j', { timeout: 120_000 }, async (network, layer, [width, height]) => {
    const [, median] = await networkGradientErrors(network, layer, width, height);
    expect(median).toBeLessThan(1e-3);
  });
});
