/** Which devices can run a network here, how fast, and why one cannot. */
import type { DeviceRow } from '../../../shared/contract/devices.ts';
import { errorData } from '../../../shared/errors.ts';
import { createPixels } from '../imaging/pixels.ts';
import type { Model } from '../models/model.ts';
import { ProgramCache } from '../runtime/cache.ts';
import { onnxRuntime } from '../runtime/onnxruntime.ts';
import type { Device } from '../runtime/runtime.ts';
import { defaultLayers, energyOf, resolveTerms } from './dream-terms.ts';
import { TiledGradient } from './tiled-gradient.ts';

/** Devices that the runtimes of this version can try. */
const TRIED: readonly Device[] = ['cpu', 'webgpu'];

/** Those they cannot, with what would have to happen. */
const UNTRIED: readonly Pick<DeviceRow, 'device' | 'runtime'>[] = [
  { device: 'directml', runtime: 'onnxruntime' },
  { device: 'coreml', runtime: 'onnxruntime' },
  { device: 'cuda', runtime: 'onnxruntime' },
  { device: 'tensorflow', runtime: 'tensorflow' },
];

const STEPS = 5;

/** Median duration in ms of a gradient step at 224×224, the first one left out. */
async function measureStep(model: Model, device: Device): Promise<number> {
  const programs = new ProgramCache(0);
  try {
    const objective = energyOf(resolveTerms(model, defaultLayers(model), null));
    const gradient = await TiledGradient.create(
      { model, runtime: onnxRuntime({ device }), programs, objective },
      224,
      224,
      224,
    );
    const picture = createPixels(224, 224, 0.5);
    const times: number[] = [];
    try {
      for (let i = 0; i <= STEPS; i++) {
        const started = performance.now();
        await gradient.at(picture, 0, 0);
        if (i > 0) times.push(performance.now() - started);
      }
    } finally {
      await gradient.release();
    }
    return times.sort((a, b) => a - b)[STEPS >> 1] ?? 0;
  } finally {
    await programs.clear();
  }
}

/** One row for every device. A device is tried by running the network on it. */
export async function listDevices(model: Model, measure: boolean): Promise<DeviceRow[]> {
  const rows: DeviceRow[] = [];
  for (const device of TRIED) {
    try {
      const msPerStep = await measureStep(model, device);
      rows.push({
        device,
        runtime: 'onnxruntime',
        usable: true,
        reason: null,
        msPerStep: measure ? msPerStep : null,
      });
    } catch (error) {
      rows.push({
        device,
        runtime: 'onnxruntime',
        usable: false,
        reason: errorData(error).message,
        msPerStep: null,
      });
    }
  }
  const reason = 'This version of Reverie does not run on it yet.';
  return [...rows, ...UNTRIED.map((row) => ({ ...row, usable: false, reason, msPerStep: null }))];
}
