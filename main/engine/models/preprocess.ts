/** How a picture becomes what a network was trained to see, as operators. */
import type { Builder } from '../graph/builder.ts';
import type { Name } from '../graph/graph.ts';
import { float32 } from '../graph/tensor.ts';
import type { Preprocessing } from './card.ts';

/** ITU-R BT.601 luma, for networks that see grey. */
const LUMA = [0.299, 0.587, 0.114];

/** Appends what turns `image` [N, 3, H, W], sRGB in [0, 1], into the input of a network with so many channels. */
export function preprocess(g: Builder, image: Name, channels: number, how: Preprocessing): Name {
  let x = image;
  if (channels === 1) x = g.op('Conv', [x, g.constant(float32(LUMA, [1, 3, 1, 1]))]);
  else if (how.channelOrder === 'BGR') x = g.slice(x, [1], [-1], [-4], [-1]);
  const perChannel = (value: (mean: number, std: number) => number): Name => {
    const values = Array.from({ length: channels }, (_, i) =>
      value(how.mean[i] ?? how.mean[0] ?? 0, how.std[i] ?? how.std[0] ?? 1),
    );
    return g.constant(float32(values, [1, channels, 1, 1]));
  };
  const scaled = g.mul(
    x,
    perChannel((_mean, std) => 255 / std),
  );
  const centred = g.sub(
    scaled,
    perChannel((mean, std) => mean / std),
  );
  return how.layout === 'NHWC' ? g.transpose(centred, [0, 2, 3, 1]) : centred;
}
