/** A mountain lake in evening light: a field of heights, marched over by rays, and its reflection in the water. */
import { add3, clamp, dot, fbm, mix, mix3, noise, normalise, ridges, scale3, smoothstep } from './noise.mjs';

const SUN = normalise([-0.8, 0.42, -0.42]);
const FAR = 60;

function height(x, z) {
  const range = smoothstep(3.5, 12, z) * 6.8 + smoothstep(18, 34, z) * 6;
  const valley = smoothstep(0.2, 3.2, Math.abs(x + 1.2 + 0.9 * Math.sin(z * 0.32)) - z * 0.02);
  const shore = 0.5 * fbm(x * 0.6, z * 0.6, 4) - 0.42;
  return (
    shore +
    ridges(x * 0.16 + 3.1, z * 0.16 + 7.7, 8) * range * mix(0.25, 1, valley) +
    0.5 * valley * smoothstep(2, 6, z)
  );
}

function sky([x, y, z]) {
  const up = clamp(y * 1.9);
  let colour = mix3([0.98, 0.74, 0.52], [0.5, 0.66, 0.82], Math.sqrt(up));
  colour = mix3(colour, [0.16, 0.31, 0.56], smoothstep(0.35, 1, up));
  const glow = clamp(dot(normalise([x, y, z]), SUN));
  colour = add3(colour, scale3([1, 0.55, 0.22], 0.35 * glow ** 6));
  if (y < 0.02) return colour;
  const u = (x / (y + 0.18)) * 1.1;
  const v = (z / (y + 0.18)) * 1.1;
  const warp = fbm(u * 0.9 + 4, v * 0.9, 4) - 0.5;
  const density = fbm(u + warp * 1.6, v + warp, 7);
  const lit = density - fbm(u + warp * 1.6 - 0.16, v + warp + 0.08, 5);
  const cloud = smoothstep(0.44, 0.66, density) * smoothstep(0.02, 0.16, y);
  const tint = mix3([0.66, 0.55, 0.62], [1.08, 0.9, 0.74], clamp(0.55 + lit * 3.2));
  return mix3(colour, tint, cloud * 0.92);
}

/** Distance to the ground along a ray, or nothing. */
function march(from, ray) {
  let t = 0.05;
  let before = 0;
  while (t < FAR) {
    const [x, y, z] = [from[0] + ray[0] * t, from[1] + ray[1] * t, from[2] + ray[2] * t];
    if (y > 13 && ray[1] > 0) return undefined;
    const gap = y - height(x, z);
    if (gap < 0) {
      // Halving finds the edge of the ground, which would else be as coarse as the steps.
      for (let halving = 0; halving < 6; halving++) {
        const middle = (before + t) / 2;
        const [a, b, c] = [0, 1, 2].map((axis) => from[axis] + ray[axis] * middle);
        if (b < height(a, c)) t = middle;
        else before = middle;
      }
      return t;
    }
    before = t;
    t += Math.max(0.012 * t + 0.01, gap * 0.35);
  }
  return undefined;
}

function ground(from, ray, t) {
  const [x, y, z] = [from[0] + ray[0] * t, from[1] + ray[1] * t, from[2] + ray[2] * t];
  const e = 0.01 + 0.0025 * t;
  const h = height(x, z);
  const normal = normalise([h - height(x + e, z), e, h - height(x, z + e)]);
  const rough = fbm(x * 3, z * 3 + y * 5, 6);
  const wood = smoothstep(2.6, 1.2, y + 1.6 * (rough - 0.5)) * smoothstep(0.42, 0.75, normal[1]);
  const crowns = noise(x * 26, z * 26) * noise(x * 41 + 9, z * 41);
  let colour = mix3([0.36, 0.31, 0.28], [0.58, 0.52, 0.47], rough);
  colour = mix3(colour, mix3([0.05, 0.13, 0.07], [0.36, 0.36, 0.13], clamp(crowns * 1.8)), wood);
  const meadow = smoothstep(0.5, 0.15, y) * smoothstep(0.85, 0.97, normal[1]);
  colour = mix3(colour, mix3([0.33, 0.36, 0.12], [0.62, 0.55, 0.22], fbm(x * 7, z * 7, 4)), meadow * 0.9);
  colour = mix3(colour, [0.7, 0.62, 0.5], smoothstep(0.1, 0.02, y) * 0.8);
  const snow = smoothstep(3.2, 4.4, y + 1.5 * (rough - 0.5)) * smoothstep(0.45, 0.7, normal[1]);
  colour = mix3(colour, [0.93, 0.93, 0.97], snow);
  const shadow = march([x + normal[0] * 0.06, y + 0.06, z + normal[2] * 0.06], SUN) === undefined ? 1 : 0;
  const sun = clamp(dot(normal, SUN)) * shadow * (1 - 0.55 * wood * (1 - crowns));
  const light = add3(scale3([1.6, 1.12, 0.7], sun * 1.7), scale3([0.4, 0.48, 0.64], 0.7 + 0.5 * normal[1]));
  colour = [colour[0] * light[0], colour[1] * light[1], colour[2] * light[2]];
  const haze = 1 - Math.exp(-t * 0.017);
  return mix3(colour, [0.82, 0.72, 0.68], haze * 0.85);
}

function look(from, ray) {
  const t = march(from, ray);
  return t === undefined ? sky(ray) : ground(from, ray, t);
}

/** Colour at (u, v): u to the right and v down, from −1 to 1 on the shorter side. */
export function lake(u, v) {
  const from = [0, 0.62, -3.4];
  const ray = normalise([u * 0.5, 0.2 - v * 0.5, 1]);
  const t = march(from, ray);
  const water = ray[1] < 0 ? -from[1] / ray[1] : Infinity;
  if (t !== undefined && t < water) return ground(from, ray, t);
  if (water > FAR) return sky(ray);
  const [x, z] = [ray[0] * water + from[0], ray[2] * water + from[2]];
  const calm = 1 / (1 + 0.12 * water);
  const ripple = (fbm(x * 5, z * 14, 4) - 0.5) * 0.07 * calm + (noise(x * 2, z * 4) - 0.5) * 0.02;
  const mirror = normalise([ray[0] + ripple * 0.6, -ray[1] + Math.abs(ripple) * 0.5, ray[2]]);
  const seen = look([x, 0.01, z], mirror);
  const clear = (1 + ray[1]) ** 3;
  const deep = mix3([0.05, 0.13, 0.15], [0.2, 0.27, 0.22], smoothstep(5, 0, water) * fbm(x * 9, z * 9, 4));
  return mix3(deep, seen, clamp(0.25 + 0.68 * clear));
}
