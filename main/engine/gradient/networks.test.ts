/**
 * The gradients of whole networks, in single precision as the studio computes them, against central differences of the
 * same networks in double precision. A network of ReLUs has kinks so close together that the step must be tiny: at 1e-3
 * of the range of the pictures the differences are a percent off, at 1e-8 they agree to about 3e-7.
 *
 * Unless, that is, one gate is so near its kink that single precision decides it differently: then both are right, for
 * points on either side, and differ by some 1e-3. So the median over three pictures counts.
 */
import { expect, it } from 'vitest';
import { float32, sizeOf } from '../graph/tensor.ts';
import { findLayer } from '../models/layers.ts';
import { IMAGE, loadModel } from '../models/model.ts';
import { onnxRuntime } from '../runtime/onnxruntime.ts';
import { inDoublePrecision } from '../testing/double-precision.ts';
import { dot } from '../testing/gradient-check.ts';
import { describeWithShared, sharedFile } from '../testing/shared-folder.ts';
import { gradients } from './backward.ts';
import { rules } from './rules.ts';
import { seededRandom, type Random } from './testing/random.ts';

const STEP = 1e-8;
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

/** A smooth random pattern of a few waves, of about unit deviation. */
function waves(random: Random, width: number, height: number): Float32Array {
  const all = Array.from({ length: 12 }, () => ({
    fx: 6 * random.uniform() * random.sign(),
    fy: 6 * random.uniform(),
    phase: 2 * Math.PI * random.uniform(),
  }));
  return Float32Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y, channel] = [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))];
    return all
      .slice(4 * channel, 4 * channel + 4)
      .reduce(
        (sum, { fx, fy, phase }) =>
          sum + Math.SQRT1_2 * Math.sin(2 * Math.PI * ((fx * x) / width + (fy * y) / height) + phase),
        0,
      );
  });
}

/** White noise. */
const noise = (random: Random, width: number, height: number): Float32Array =>
  Float32Array.from({ length: 3 * width * height }, () => random.normal());

describeWithShared('the gradient of a network agrees with differences', () => {
  const runtime = onnxRuntime();

  it.each(NETWORKS)('%s at %s, %j', { timeout: 120_000 }, async (network, layerName, [width, height]) => {
    const model = await loadModel(sharedFile('models', `${network}.onnx`));
    const { tensor } = findLayer(model.layers({ width, height }), layerName);
    const g = model.build({ width, height }, [tensor]);
    const forward = g.finish([tensor]);
    const random = seededRandom(1);
    // The objective is a random projection of the layer, Σ w·a.
    const dims = g.dims(tensor);
    const weight = float32(
      Float32Array.from({ length: sizeOf(dims) }, () => random.normal()),
      dims,
    );
    const [dx = null] = gradients(g, tensor, [IMAGE], rules, g.constant(weight));
    if (dx === null) throw new Error('The layer does not depend on the image.');
    const program = await runtime.compile(g.finish([dx]));
    const evaluate = await inDoublePrecision(forward);
    const errors: number[] = [];
    for (const draw of [noise, waves, waves]) {
      const picture = waves(random, width, height).map((v) => 0.5 + 0.2 * v + 0.05 * random.normal());
      const direction = draw(random, width, height);
      const found = await program.run({ [IMAGE]: float32(picture, [1, 3, height, width]) });
      const along = async (t: number): Promise<number> =>
        dot(weight.data, await evaluate(Float64Array.from(picture, (v, i) => v + t * (direction[i] ?? 0))));
      const difference = ((await along(STEP)) - (await along(-STEP))) / (2 * STEP);
      errors.push(Math.abs(dot(found[dx]?.data ?? [], direction) - difference) / Math.abs(difference));
    }
    await program.dispose();
    const [, median] = errors.sort((a, b) => a - b);
    expect(median).toBeLessThan(1e-3);
  });
});
