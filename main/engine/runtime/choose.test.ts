import { describe, expect, it } from 'vitest';
import { chooseDevices, type Choice } from './choose.ts';
import type { ProbeResult } from './probe-results.ts';
import type { Provider } from './providers.ts';
import type { Device } from './runtime.ts';

const usable = (msPerStep: number): ProbeResult => ({ outcome: 'usable', reason: null, msPerStep });
const broken: ProbeResult = { outcome: 'trying', reason: null, msPerStep: null };

function probeResults(known: Partial<Record<Device, ProbeResult>>) {
  return { read: (device: Device) => Promise.resolve(known[device]) };
}

const linux = { platform: 'linux', arch: 'x64' } as const;
const arm = { platform: 'linux', arch: 'arm64' } as const;

describe('the devices for a choice', () => {
  const auto: Choice = { runtime: 'auto', device: 'auto' };
  it.each<[string, Choice, Partial<Record<Device, ProbeResult>>, Device[]]>([
    ['the CPU where nothing is known', auto, {}, ['cpu']],
    ['the CPU where its own speed is unknown', auto, { webgpu: usable(1) }, ['cpu']],
    [
      'a faster device, and the CPU behind it',
      auto,
      { cpu: usable(50), webgpu: usable(9) },
      ['webgpu', 'cpu'],
    ],
    [
      'the fastest first',
      auto,
      { cpu: usable(50), webgpu: usable(20), tensorflow: usable(5) },
      ['tensorflow', 'webgpu', 'cpu'],
    ],
    ['the CPU in a close race', auto, { cpu: usable(50), webgpu: usable(45) }, ['cpu']],
    ['the CPU where the probe ended the process', auto, { cpu: usable(50), webgpu: broken }, ['cpu']],
    ['none that cannot be here', auto, { cpu: usable(50), directml: usable(5) }, ['cpu']],
    [
      'those of one runtime',
      { runtime: 'onnxruntime', device: 'auto' },
      { cpu: usable(50), tensorflow: usable(5) },
      ['cpu'],
    ],
    [
      'TensorFlow, asked for by its name',
      { runtime: 'tensorflow', device: 'auto' },
      {},
      ['tensorflow', 'cpu'],
    ],
    ['a named device, probed or not', { runtime: 'auto', device: 'webgpu' }, {}, ['webgpu', 'cpu']],
    ['the CPU alone', { runtime: 'auto', device: 'cpu' }, { cpu: usable(50), webgpu: usable(5) }, ['cpu']],
  ])('%s', async (_, choice, known, devices) => {
    expect(await chooseDevices(choice, probeResults(known), linux)).toEqual(devices);
  });

  it.each<[Choice, Device[]]>([
    [auto, ['tensorflow']],
    [{ runtime: 'tensorflow', device: 'auto' }, ['tensorflow']],
    [{ runtime: 'auto', device: 'tensorflow' }, ['tensorflow']],
  ])('%j is TensorFlow alone on a Mac with an Intel processor', async (choice, devices) => {
    const result = probeResults({ cpu: usable(50), webgpu: usable(5) });
    expect(await chooseDevices(choice, result, { platform: 'darwin', arch: 'x64' })).toEqual(devices);
  });

  it('is TensorFlow alone where ONNX Runtime cannot be loaded, and the rest is refused with the reason', async () => {
    const whyNot = ({ runtime }: Provider) =>
      Promise.resolve(runtime === 'onnxruntime' ? 'Parts of Windows are missing.' : null);
    const choose = (choice: Choice) => chooseDevices(choice, probeResults({}), linux, whyNot);
    expect(await choose(auto)).toEqual(['tensorflow']);
    for (const choice of [
      { runtime: 'onnxruntime', device: 'auto' },
      { runtime: 'auto', device: 'cpu' },
    ] as const)
      await expect(choose(choice)).rejects.toMatchObject({
        code: 'device/unusable',
        message: 'The device "cpu" cannot be used: Parts of Windows are missing.',
      });
  });

  it.each<[Choice, string, RegExp]>([
    [
      { runtime: 'tensorflow', device: 'webgpu' },
      'usage/option',
      /"tensorflow" does not compute on "webgpu"/,
    ],
    [{ runtime: 'onnxruntime', device: 'tensorflow' }, 'usage/option', /it has "cpu", "webgpu"/],
    [{ runtime: 'auto', device: 'directml' }, 'device/unusable', /DirectML is a part of Windows/],
    [{ runtime: 'auto', device: 'webgpu' }, 'device/unusable', /Linux on x64 only, and this is arm64/],
  ])('%j is refused', async (choice, code, message) => {
    await expect(chooseDevices(choice, probeResults({}), arm)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });
});
