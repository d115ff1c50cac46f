/** A bowl of fruit on a table: rays marched through distances to spheres and a bowl. */
import { add3, clamp, dot, fbm, mix, mix3, noise, normalise, scale3, smoothstep } from './noise.mjs';

const LAMP = normalise([-0.62, 0.78, -0.42]);
const length = (x, y, z) => Math.hypot(x, y, z);

const apple = (x, y, z, r) => {
  const ring = Math.hypot(x, z);
  return length(x, y + 0.1 * r - 0.16 * r * Math.exp(-((ring / (0.45 * r)) ** 2)) * -Math.sign(y), z) - r;
};
const pear = (x, y, z, r) => {
  const low = length(x, y, z) - r;
  const high = length(x, y - 1.15 * r, z) - 0.52 * r;
  const h = clamp(0.5 + (0.5 * (high - low)) / (0.7 * r));
  return mix(high, low, h) - 0.7 * r * h * (1 - h);
};
const ball = (x, y, z, r) => length(x, y, z) - r;

const FRUIT = [
  { at: [-0.62, 0.74, -0.18], r: 0.4, shape: apple, skin: 'red' },
  { at: [0.2, 0.72, -0.5], r: 0.36, shape: ball, skin: 'orange' },
  { at: [0.68, 0.76, 0.05], r: 0.4, shape: apple, skin: 'green' },
  { at: [-0.1, 0.95, 0.25], r: 0.38, shape: pear, skin: 'pear' },
  { at: [-0.28, 1.02, -0.42], r: 0.22, shape: ball, skin: 'plum' },
  { at: [-1.75, 0.4, -0.35], r: 0.4, shape: ball, skin: 'orange' },
  { at: [1.72, 0.42, -0.55], r: 0.42, shape: apple, skin: 'red' },
  { at: [1.15, 0.2, -1.15], r: 0.2, shape: ball, skin: 'plum' },
  { at: [0.76, 0.19, -1.3], r: 0.19, shape: ball, skin: 'plum' },
];

function bowl(x, y, z) {
  const shell = Math.abs(length(x, y - 1.25, z) - 1.2) - 0.035;
  const cut = Math.max(shell, y - 0.66);
  const foot = Math.max(Math.hypot(x, z) - 0.5, Math.abs(y - 0.05) - 0.05);
  return Math.min(cut, foot);
}

function nearest(x, y, z) {
  let best = { gap: y, what: 'table', fruit: undefined };
  const inBowl = bowl(x, y, z);
  if (inBowl < best.gap) best = { gap: inBowl, what: 'bowl', fruit: undefined };
  const wall = 4.2 - z;
  if (wall < best.gap) best = { gap: wall, what: 'wall', fruit: undefined };
  for (const fruit of FRUIT) {
    const gap = fruit.shape(x - fruit.at[0], y - fruit.at[1], z - fruit.at[2], fruit.r);
    if (gap < best.gap) best = { gap, what: fruit.skin, fruit };
  }
  return best;
}

function cast(from, ray, far) {
  for (let t = 0.02, count = 0; t < far && count < 110; count++) {
    const { gap } = nearest(from[0] + ray[0] * t, from[1] + ray[1] * t, from[2] + ray[2] * t);
    if (gap < 0.0015) return t;
    t += gap * 0.8;
  }
  return undefined;
}

function softShadow(from) {
  let open = 1;
  for (let t = 0.03; t < 5;) {
    const { gap } = nearest(from[0] + LAMP[0] * t, from[1] + LAMP[1] * t, from[2] + LAMP[2] * t);
    open = Math.min(open, (7 * gap) / t);
    if (open < 0.01) return 0;
    t += clamp(gap * 0.8, 0.02, 0.4);
  }
  return clamp(open);
}

const SKINS = {
  table: (x, y, z) => {
    const plank = Math.floor(z * 1.15 + 20);
    const grain = fbm(x * 0.9 + plank * 7.7, z * 26, 6);
    const rings = 0.5 + 0.5 * Math.sin(36 * fbm(x * 0.35 + plank * 3.1, z * 1.7, 4) + 5 * grain);
    const seam = smoothstep(0, 0.025, Math.abs(((z * 1.15 + 20) % 1) - 0.5) < 0.487 ? 1 : 0);
    return scale3(mix3([0.25, 0.12, 0.06], [0.6, 0.36, 0.18], 0.55 * grain + 0.4 * rings), 0.4 + 0.6 * seam);
  },
  wall: (x, y) => mix3([0.16, 0.24, 0.26], [0.52, 0.55, 0.48], fbm(x * 1.3, y * 1.3, 7) * 1.2 - 0.2),
  bowl: (x, y, z) => {
    const around = Math.atan2(z, x);
    const band = Math.abs(y - 0.47) < 0.1 ? 0.5 + 0.5 * Math.sin(around * 22 + Math.sin(y * 60)) : 0;
    return mix3(
      mix3([0.86, 0.84, 0.76], [0.7, 0.68, 0.6], fbm(around * 6, y * 9, 5)),
      [0.1, 0.22, 0.42],
      smoothstep(0.4, 0.6, band),
    );
  },
  red: (x, y, z) => {
    const stripes = fbm(Math.atan2(z, x) * 9, y * 2.2, 5);
    const dots = smoothstep(0.8, 0.86, noise(x * 34, y * 34, z * 34 + 0.1));
    return add3(
      mix3([0.5, 0.03, 0.04], [0.95, 0.62, 0.2], smoothstep(0.5, 0.85, stripes)),
      scale3([0.3, 0.24, 0.14], dots),
    );
  },
  green: (x, y, z) => {
    const dots = smoothstep(0.78, 0.85, noise(x * 34, y * 34, z * 34 + 0.1));
    const blush = smoothstep(0.1, 0.6, x + 0.5 * fbm(x * 6, y * 6, 4, z * 6 + 0.1));
    return add3(mix3([0.36, 0.52, 0.1], [0.75, 0.36, 0.12], blush * 0.7), scale3([0.22, 0.22, 0.12], dots));
  },
  orange: (x, y, z) => mix3([0.86, 0.36, 0.03], [1, 0.58, 0.12], fbm(x * 9, y * 9, 4, z * 9 + 0.1)),
  pear: (x, y, z) => {
    const freckles = smoothstep(0.62, 0.7, fbm(x * 22, y * 22, 3, z * 22 + 0.1));
    return mix3(
      mix3([0.72, 0.66, 0.18], [0.8, 0.42, 0.16], fbm(x * 3, y * 3, 4, z * 3 + 0.1)),
      [0.4, 0.26, 0.08],
      freckles * 0.6,
    );
  },
  plum: (x, y, z) =>
    mix3([0.16, 0.05, 0.2], [0.42, 0.34, 0.52], smoothstep(0.35, 0.75, fbm(x * 7, y * 7, 5, z * 7 + 0.1))),
};

/** How far a skin is from smooth: amplitude and frequency of its bumps. */
const BUMPS = { orange: [0.006, 44], table: [0.006, 30], wall: [0.012, 9], pear: [0.004, 30] };

function normalAt(x, y, z, what) {
  const e = 0.002;
  const [amplitude, frequency] = BUMPS[what] ?? [0, 1];
  const f = (a, b, c) =>
    nearest(a, b, c).gap - amplitude * noise(a * frequency, b * frequency, c * frequency + 0.1);
  const here = f(x, y, z);
  return normalise([f(x + e, y, z) - here, f(x, y + e, z) - here, f(x, y, z + e) - here]);
}

/** Colour at (u, v), as in lake.mjs. */
export function fruit(u, v) {
  const from = [0.1, 1.75, -4.6];
  const ray = normalise([u * 0.36, -0.235 - v * 0.36, 1]);
  const t = cast(from, ray, 14);
  if (t === undefined) return [0.1, 0.12, 0.13];
  const [x, y, z] = [from[0] + ray[0] * t, from[1] + ray[1] * t, from[2] + ray[2] * t];
  const { what, fruit: which } = nearest(x, y, z);
  const at = which?.at ?? [0, 0, 0];
  const normal = normalAt(x, y, z, what);
  const skin = SKINS[what](x - at[0], y - at[1], z - at[2]);
  const out = [x + normal[0] * 0.01, y + normal[1] * 0.01, z + normal[2] * 0.01];
  const sun = clamp(dot(normal, LAMP)) * softShadow(out);
  let open = 0;
  for (const reach of [0.06, 0.16, 0.34]) {
    open +=
      clamp(nearest(x + normal[0] * reach, y + normal[1] * reach, z + normal[2] * reach).gap / reach) / 3;
  }
  const light = add3(
    scale3([1.75, 1.5, 1.15], sun),
    scale3([0.2, 0.25, 0.34], open * (0.65 + 0.35 * normal[1])),
  );
  const half = normalise([LAMP[0] - ray[0], LAMP[1] - ray[1], LAMP[2] - ray[2]]);
  const gloss = { table: 0.12, wall: 0, pear: 0.2, orange: 0.35 }[what] ?? 0.6;
  const shine = gloss * clamp(dot(normal, half)) ** 55 * (sun > 0.02 ? 1 : 0);
  const fall = what === 'wall' ? 0.5 + 0.7 * smoothstep(2.5, -3, x) : 1;
  return [
    skin[0] * light[0] * fall + shine,
    skin[1] * light[1] * fall + shine,
    skin[2] * light[2] * fall + shine * 0.9,
  ];
}
