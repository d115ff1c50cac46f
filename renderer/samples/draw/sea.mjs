/** Towering clouds over the sea: light marched through a slab of noise, and waves that glitter. */
import { add3, clamp, dot, fbm, mix, mix3, noise, normalise, scale3, smoothstep } from './noise.mjs';

const SUN = normalise([0.45, 0.16, 1]);
const [FLOOR, TOP] = [1.1, 4.6];
const STEPS = 44;

function thickness(x, y, z) {
  const tall = (y - FLOOR) / (TOP - FLOOR);
  const billow = fbm(x * 0.42, z * 0.42 + y * 0.18, 3, y * 0.42 + 0.001);
  const detail = fbm(x * 1.7 + 7, z * 1.7, 5, y * 1.7 + 0.001);
  const shape = smoothstep(0, 0.12, tall) * (1 - tall * 0.75);
  return (
    clamp((billow * 0.68 + detail * 0.42 - 0.6 + 0.08 * shape) * 8) *
    smoothstep(1, 0.7, tall) *
    smoothstep(0, 0.08, tall)
  );
}

function backdrop([x, y, z]) {
  const up = clamp(y * 1.7);
  let colour = mix3([1, 0.62, 0.36], [0.86, 0.66, 0.62], smoothstep(0, 0.22, up));
  colour = mix3(colour, [0.3, 0.46, 0.7], smoothstep(0.15, 0.75, up));
  const glow = clamp(dot(normalise([x, y, z]), SUN));
  return add3(
    colour,
    add3(scale3([1, 0.6, 0.25], 0.5 * glow ** 10), scale3([1, 0.85, 0.6], 2 * glow ** 900)),
  );
}

function sky(ray) {
  const behind = backdrop(ray);
  if (ray[1] < 0.015) return behind;
  const start = FLOOR / ray[1];
  const end = Math.min(TOP / ray[1], start + 16);
  if (start > 55) return behind;
  const step = (end - start) / STEPS;
  let through = 1;
  let light = [0, 0, 0];
  for (let index = 0; index < STEPS && through > 0.02; index++) {
    const t = start + (index + noise(ray[0] * 900, ray[1] * 900)) * step;
    const p = scale3(ray, t);
    const here = thickness(...p);
    if (here < 0.01) continue;
    const towards = thickness(p[0] + SUN[0] * 0.35, p[1] + 0.22, p[2] + SUN[2] * 0.35);
    const further = thickness(p[0] + SUN[0] * 0.9, p[1] + 0.5, p[2] + SUN[2] * 0.9);
    const shade = Math.exp(-(towards * 1.5 + further * 1.2));
    const tall = (p[1] - FLOOR) / (TOP - FLOOR);
    const colour = add3(scale3([1.6, 1.02, 0.62], shade), mix3([0.34, 0.31, 0.42], [0.5, 0.52, 0.66], tall));
    const taken = 1 - Math.exp(-here * step * 1.7);
    light = add3(light, scale3(colour, taken * through));
    through *= 1 - taken;
  }
  const seen = add3(light, scale3(behind, through));
  return mix3(seen, mix3(behind, [0.95, 0.66, 0.48], 0.3), smoothstep(18, 55, start));
}

/** Colour at (u, v), as in lake.mjs. */
export function sea(u, v) {
  const from = 0.5;
  const ray = normalise([u * 0.72, 0.2 - v * 0.62, 1]);
  if (ray[1] > -0.004) return sky([ray[0], Math.max(ray[1], 0.001), ray[2]]);
  const t = -from / ray[1];
  const [x, z] = [ray[0] * t, ray[2] * t];
  const swell = (a, b) => fbm(a * 0.9 + 0.5 * fbm(a * 0.4, b * 0.4, 3), b * 2.3, 7);
  const e = 0.012 + 0.003 * t;
  const h = swell(x, z);
  const steep = 0.9 / (1 + t * 0.25);
  const normal = normalise([
    ((h - swell(x + e, z)) / e) * 0.16 * steep,
    1,
    ((h - swell(x, z + e)) / e) * 0.16 * steep,
  ]);
  const k = -2 * dot(ray, normal);
  const mirror = normalise([
    ray[0] + normal[0] * k,
    Math.abs(ray[1] + normal[1] * k),
    ray[2] + normal[2] * k,
  ]);
  const facing = clamp(-dot(ray, normal));
  const shine = 0.04 + 0.96 * (1 - facing) ** 5;
  const water = mix3([0.03, 0.12, 0.16], [0.1, 0.32, 0.34], smoothstep(0.5, 0.75, h) * 0.8);
  let colour = mix3(water, backdrop(mirror), clamp(shine + 0.12));
  colour = add3(colour, scale3([1.3, 0.8, 0.42], 1.1 * clamp(dot(mirror, SUN)) ** 60));
  const foam = smoothstep(0.66, 0.74, h) * noise(x * 30, z * 30) * smoothstep(12, 1, t);
  colour = mix3(colour, [0.95, 0.86, 0.8], foam * 0.7);
  return mix3(colour, [0.95, 0.66, 0.48], mix(0, 0.75, smoothstep(4, 60, t)));
}
