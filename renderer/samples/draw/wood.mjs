/** An autumn wood, painted with strokes from the back to the front. Works on the canvas as a whole, not pixel by pixel. */
import { add3, clamp, fbm, mix, mix3, noise, randoms, scale3, smoothstep } from './noise.mjs';

const LEAVES = [
  [0.9, 0.5, 0.1],
  [0.8, 0.28, 0.08],
  [0.95, 0.72, 0.2],
  [0.55, 0.5, 0.12],
  [0.34, 0.4, 0.12],
  [0.62, 0.14, 0.08],
];
const HAZE = [0.97, 0.88, 0.66];
const LAYERS = 7;

/** Paints `width` × `height` pixels, three floats each. */
export function wood(width, height) {
  const canvas = new Float32Array(width * height * 3);
  const random = randoms(5);
  const unit = height / 640;
  const horizon = 0.56 * height;

  const put = (x, y, colour, alpha) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const at = (Math.floor(y) * width + Math.floor(x)) * 3;
    for (let c = 0; c < 3; c++) canvas[at + c] = mix(canvas[at + c], colour[c], alpha);
  };
  /** One touch of a brush: an ellipse with bristles. */
  const touch = (x, y, long, broad, angle, colour, alpha) => {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const reach = Math.ceil(Math.max(long, broad));
    for (let j = -reach; j <= reach; j++) {
      for (let i = -reach; i <= reach; i++) {
        const a = (i * cos + j * sin) / long;
        const b = (j * cos - i * sin) / broad;
        const d = a * a + b * b;
        if (d >= 1) continue;
        const bristle = 0.86 + 0.28 * noise(b * 5 + x, a * 1.5 + y);
        put(x + i, y + j, scale3(colour, bristle), alpha * smoothstep(1, 0.55, d));
      }
    }
  };

  // Light from beyond the wood, and the ground with its path.
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const gleam = Math.exp(-(((x / width - 0.53) / 0.2) ** 2) - ((y / height - 0.42) / 0.3) ** 2);
      put(x, y, add3(mix3([0.6, 0.62, 0.4], HAZE, gleam), scale3([0.1, 0.08, 0.03], gleam)), 1);
    }
  }
  const path = (y) => {
    const near = (y - horizon) / (height - horizon);
    return {
      near,
      middle: width * (0.53 - 0.06 * Math.sin(near * 3.4) - 0.05 * near),
      half: width * (0.012 + 0.2 * near ** 1.25),
    };
  };
  for (let y = Math.ceil(horizon); y < height; y++) {
    const { near } = path(y);
    const wide = (1 + 5 * near) * unit;
    for (let count = 0; count < (width / wide) * 1.5; count++) {
      const x = random() * width;
      const { middle, half } = path(y);
      const inside = smoothstep(
        half * 1.15,
        half * 0.75,
        Math.abs(x - middle) + (random() - 0.5) * half * 0.4,
      );
      const shade = fbm(x / (90 * unit), near * 9, 4);
      const light = smoothstep(0.42, 0.62, fbm(x / (150 * unit) + 8, near * 12, 4));
      const leaf = LEAVES[Math.floor(random() * LEAVES.length)];
      let colour = mix3(scale3(leaf, 0.45 + 0.5 * shade), [0.64, 0.5, 0.34], inside * 0.8);
      colour = mix3(scale3(colour, 0.5), add3(colour, [0.22, 0.16, 0.05]), light);
      colour = mix3(HAZE, colour, clamp(0.25 + near * 1.6));
      touch(x, y, wide * (1.2 + random()), wide * 0.6, (random() - 0.5) * 0.9, colour, 0.8);
    }
  }

  for (let layer = 0; layer < LAYERS; layer++) {
    const near = layer / (LAYERS - 1);
    const foot = horizon + (height - horizon) * (0.02 + 0.75 * near ** 2.2);
    const haze = 0.84 * (1 - near) ** 1.3;
    const trees = Math.round(mix(26, 3.2, near ** 0.6));
    const thick = mix(2.5, 26, near ** 1.6) * unit;
    const { middle, half } = path(foot);
    const crowns = [];
    for (let tree = 0; tree < trees; tree++) {
      let x = ((tree + 0.15 + 0.7 * random()) / trees) * width;
      const gap = half * 1.15 + thick;
      if (Math.abs(x - middle) < gap) x = middle + Math.sign(x - middle || 1) * (gap + random() * gap * 0.6);
      const lean = (random() - 0.5) * 0.12;
      const wobble = random() * 50;
      const own = thick * (0.7 + 0.6 * random());
      for (let y = foot + own * 0.4; y > -10; y -= 1) {
        const up = (foot - y) / height;
        const centre = x + lean * (foot - y) + (fbm(y / (70 * unit), wobble, 3) - 0.5) * 26 * unit * near;
        const breadth = own * (1 - 0.55 * clamp(up)) * (1 + 0.8 * Math.exp(-up * 38));
        for (let i = -breadth / 2; i < breadth / 2; i++) {
          const round = i / (breadth / 2 + 1e-6);
          const bark = fbm((centre + i) / (3.2 * unit) + wobble, y / (15 * unit), 5);
          const lit = clamp(0.55 - 0.75 * round * (x < width * 0.53 ? -1 : 1));
          let colour = scale3(
            mix3([0.13, 0.09, 0.06], [0.5, 0.4, 0.29], bark * 0.75 + 0.35 * lit - 0.05),
            0.6 + 0.8 * lit,
          );
          colour = mix3(
            colour,
            [0.3, 0.36, 0.12],
            smoothstep(0.55, 0.75, fbm(i / 9, y / 22, 3)) * 0.5 * near,
          );
          put(centre + i, y, mix3(colour, HAZE, haze), 0.96);
        }
      }
      for (let crown = 0; crown < mix(2, 7, near); crown++) {
        crowns.push({
          x: x + (random() - 0.5) * mix(70, 420, near) * unit,
          y: random() ** 1.5 * mix(0.52, 0.3, near) * height,
        });
      }
    }
    for (const crown of crowns) {
      const spread = mix(34, 130, near) * unit;
      const hue = random();
      for (let count = 0; count < mix(90, 260, near); count++) {
        const turn = random() * Math.PI * 2;
        const far = Math.sqrt(random()) * spread;
        const [x, y] = [crown.x + Math.cos(turn) * far * 1.3, crown.y + Math.sin(turn) * far * 0.7];
        const leaf = LEAVES[Math.floor(clamp(hue + (random() - 0.5) * 0.5, 0, 0.999) * LEAVES.length)];
        const light = clamp(0.62 - (Math.sin(turn) * far) / spread / 2 + (random() - 0.5) * 0.5);
        const size = mix(2, 7.5, near) * unit * (0.6 + 0.8 * random());
        const glow = Math.exp(-(((x / width - 0.53) / 0.3) ** 2));
        const colour = add3(scale3(leaf, 0.4 + 0.95 * light), scale3([0.3, 0.22, 0.06], glow * light));
        touch(x, y, size, size * 0.5, random() * Math.PI, mix3(colour, HAZE, haze), 0.85);
      }
    }
    // Undergrowth at the feet of the trees.
    for (let count = 0; count < mix(260, 420, near); count++) {
      const x = random() * width;
      if (Math.abs(x - middle) < half * 1.05) continue;
      const size = mix(3, 15, near) * unit;
      const leaf = LEAVES[2 + Math.floor(random() * 3)];
      const colour = scale3(leaf, 0.3 + 0.7 * random());
      touch(
        x,
        foot - random() ** 2 * size * 2.6,
        size,
        size * 0.22,
        -Math.PI / 2 + (random() - 0.5) * 1.5,
        mix3(colour, HAZE, haze),
        0.8,
      );
    }
  }
  return canvas;
}
