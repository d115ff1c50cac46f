/**
 * The gradient of a strided maximum without weaving zeros into anything: the picture is sorted into the s² phases of the
 * stride, every place of the window lies in one of them, and the phases are put together again at the end.
 */
import type { Name } from '../../graph/graph.ts';
import { at } from '../window.ts';
import { input, output, type Rule } from '../rule.ts';
import { LOWEST, maxPoolBySlices, placesOf, poolWindow } from './pooling.ts';

/** As `maxPoolBySlices`, to which it leaves windows of stride 1, of unequal strides and with gaps. */
export const maxPoolByPhases: Rule = (g, node, dy, demand) => {
  const x = input(node, 0);
  const [size, outer] = [g.dims(x).slice(2), g.dims(dy).slice(2)];
  const win = poolWindow(g, node);
  const s = at(win.strides, 0);
  const regular =
    size.length === 2 && s > 1 && at(win.strides, 1) === s && win.dilations.every((d) => d === 1);
  if (!regular) return maxPoolBySlices(g, node, dy, demand);
  const channels = g.dim(x, 1);
  // Each phase has so many positions that the last window's last element has a place.
  const positions = outer.map((n, i) => n + Math.ceil(at(win.kernel, i) / s) - 1);
  const ends = size.map((n, i) => s * at(positions, i) - at(win.begins, i) - n);
  const padded = g.op('Pad', [x, g.ints([0, 0, ...win.begins, 0, 0, ...ends]), g.scalar(LOWEST)]);
  const sorted = g.op('SpaceToDepth', [padded], { blocksize: s });
  const phases: (Name | undefined)[] = new Array<undefined>(s * s).fill(undefined);
  let open: Name | undefined;
  for (const place of placesOf(win)) {
    const phase = (at(place, 0) % s) * s + (at(place, 1) % s);
    const from = place.map((p) => Math.floor(p / s));
    const to = from.map((p, i) => p + at(outer, i));
    const values = g.slice(sorted, [1, 2, 3], [phase * channels, ...from], [(phase + 1) * channels, ...to]);
    const equal = g.compare('Equal', values, output(node));
    const here: Name = open === undefined ? equal : g.op('And', [equal, open]);
    const missing = g.op('Not', [equal]);
    open = open === undefined ? missing : g.op('And', [open, missing]);
    const rest = positions.map((n, i) => n - at(to, i));
    const placed = g.pad(g.mask(dy, here), [0, 0, ...from, 0, 0, ...rest]);
    const sum = phases[phase];
    phases[phase] = sum === undefined ? placed : g.add(sum, placed);
  }
  const nothing = (): Name => g.expand(g.scalar(0), [g.dim(x, 0), channels, ...positions]);
  const joined = g.concat(
    phases.map((phase) => phase ?? nothing()),
    1,
  );
  const woven = g.op('DepthToSpace', [joined], { blocksize: s, mode: 'DCR' });
  return [g.pad(woven, [0, 0, ...win.begins.map((p) => -p), 0, 0, ...ends.map((p) => -p)])];
};
