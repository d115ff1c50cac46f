/**
 * The gradients of whole networks, in single precision as the studio computes them, against central differences of the
 * same networks in double precision. A network of ReLUs has kinks so close together that the step must be tiny: at 1e-3
 * of the range of the pictures the differences are a percent off, at 1e-8 they agree to about 3e-7.
 *
 * Unless, that is, one gate is so near its kink that single precision decides it differently: then both are right, for
 * points on either side, and differ by some 1e-3. So the median over a few pictures is what counts.
 */
import { float32, sizeOf } from '../graph/tensor.ts';
import { gradients } from '../gradient/backward.ts';
import { rules } from '../gradient/rules.ts';
import { seededRandom, type Random } from '../gradient/testing/random.ts';
import { findLayer } from '../models/layers.ts';
import { loadModel } from '../models/load.ts';
import { IMAGE, type Model, type PictureSize } from '../models/model.ts';
import { onnxRuntime } from '../runtime/onnxruntime.ts';
import { inDoublePrecision } from './double-precision.ts';
import { dot } from './gradient-check.ts';
import { sharedFile } from './shared-folder.ts';

const STEP = 1e-8;

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

/** As {@link gradientErrors}, of a network of the shared folder. */
export async function networkGradientErrors(
  network: string,
  layerName: string,
  width: number,
  height: number,
): Promise<number[]> {
  const model = await loadModel(sharedFile('models', `${network}.onnx`));
  return gradientErrors(model, layerName, { width, height });
}

/**
 * Errors of the gradient of a network with respect to the image, relative to the difference along a random direction, for
 * three pictures; the least first.
 */
export async function gradientErrors(
  model: Model,
  layerName: string,
  { width, height }: PictureSize,
): Promise<number[]> {
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
  const program = await onnxRuntime({ threads: 1 }).compile(g.finish([dx]));
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
  return errors.sort((a, b) => a - b);
}
