import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelsFolder } from '../../models/folder.ts';
import { loadModel } from '../../models/load.ts';
import type { Model } from '../../models/model.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import { ProbeResults } from '../../runtime/probe-results.ts';
import type { Runtime, Values } from '../../runtime/runtime.ts';
import { tensorflowRuntime } from '../../runtime/tensorflow.ts';
import { loadBackend } from '../../runtime/tensorflow/backend.ts';
import { writeTinyModel } from '../../testing/tiny-model.ts';
import { checkDevice, differenceOf, prepareStep } from './device-check.ts';
import { knownDevices, probeDevice } from './devices.ts';

const folder = mkdtempSync(join(tmpdir(), 'reverie-devices-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let dreamnet: Model;
let tiny: Model;
beforeAll(async () => {
  dreamnet = await loadModel(join(modelsFolder(), 'dreamnet.onnx'));
  const path = join(folder, 'tiny.onnx');
  writeTinyModel(path, { dreamLayers: [{ layer: 'relu2', weight: 1 }] });
  tiny = await loadModel(path);
});

const cpu = onnxRuntime({ threads: 1 });

/** The CPU, with its numbers changed. */
const changed = (change: (v: number, i: number) => number): Runtime => ({
  name: 'changed',
  device: 'webgpu',
  compile: async (graph) => {
    const program = await cpu.compile(graph);
    const off = (values: Values): Values =>
      Object.fromEntries(
        Object.entries(values).map(([name, tensor]) => [name, { ...tensor, data: tensor.data.map(change) }]),
      );
    return {
      ...program,
      outputs: program.outputs,
      run: async (feeds) => off(await program.run(feeds)),
      dispose: () => program.dispose(),
    };
  },
});

describe('a device is probed', () => {
  it('by its numbers: TensorFlow.js computes what ONNX Runtime computes', async () => {
    const [expected, actual] = [
      await prepareStep(dreamnet, cpu, 64),
      await prepareStep(dreamnet, tensorflowRuntime(), 64),
    ];
    expect(differenceOf(await expected.run(), await actual.run())).toBeLessThan(1e-4);
    await Promise.all([expected.dispose(), actual.dispose()]);
  });

  it.each([
    ['a small error', (v: number) => v * 1.0001, null],
    ['a large one', (v: number) => v * 1.01, /differ from the CPU's by 1\.0e-2, where 0\.001 is accepted/],
    ['one wrong pixel of all', (v: number, i: number) => (i === 100 ? 1e6 : v), /wrong numbers/],
    ['no number', () => NaN, /wrong numbers/],
  ])('or refused: %s', async (_, change, sentence) => {
    const probed = checkDevice(tiny, cpu, changed(change), 1e-3);
    if (sentence === null) expect(await probed).toBeGreaterThan(0);
    else
      await expect(probed).rejects.toMatchObject({
        code: 'device/unusable',
        message: expect.stringMatching(sentence) as string,
      });
  });

  it.each([
    [false, 5],
    [true, 9],
  ])('with few steps, or with enough to measure it exactly: %s, %d steps', async (exactly, steps) => {
    let count = 0;
    const counted = changed((v, i) => {
      if (i === 0) count++;
      return v;
    });
    await checkDevice(tiny, cpu, counted, 1e-3, exactly);
    // Two values come of each step: the objective and the gradient.
    expect(count / 2).toBeLessThanOrEqual(steps);
    expect(count / 2).toBeGreaterThanOrEqual(exactly ? 8 : 4);
  });

  it('and what was found out is known from then on', async () => {
    const probeResults = new ProbeResults(folder, 'here');
    const row = await probeDevice(tiny, 'cpu', probeResults, { threads: 1 });
    expect(row).toMatchObject({ device: 'cpu', usable: true, untried: false, reason: null });
    expect(row.msPerStep).toBeGreaterThan(0);
    expect((await knownDevices(probeResults, { anew: false }))[0]).toEqual(row);
    expect((await knownDevices(probeResults, { anew: true }))[0]).toMatchObject({
      usable: false,
      untried: true,
    });
  });

  it('and what computes behind TensorFlow is told with it', async () => {
    const probeResults = new ProbeResults(folder, 'here');
    const row = await probeDevice(tiny, 'tensorflow', probeResults, { threads: 1 });
    expect(row).toMatchObject({ usable: true, note: (await loadBackend()).note });
    expect(row.note).toMatch(/^(WebAssembly|TensorFlow's native library) computes\b.*\.$/);
    expect((await knownDevices(probeResults, { anew: false })).map(({ note }) => note)).toEqual([
      ...Array<null>(5).fill(null),
      row.note,
    ]);
  });

  it('and a probe that never ended is not begun again by itself', async () => {
    const probeResults = new ProbeResults(folder, 'here');
    await probeResults.write('webgpu', { outcome: 'trying', reason: null, msPerStep: null });
    const machine = { platform: 'linux', arch: 'x64' } as const;
    const rows = await knownDevices(probeResults, { anew: false, machine });
    expect(rows.map(({ device }) => device)).toEqual([
      'cpu',
      'webgpu',
      'directml',
      'coreml',
      'cuda',
      'tensorflow',
    ]);
    expect(rows[1]).toMatchObject({
      usable: false,
      untried: false,
      reason: expect.stringMatching(/ended the process or gave no answer/) as string,
    });
    expect(rows[2]?.reason).toMatch(/^DirectML is a part of Windows/);
  });
});

it('TensorFlow.js holds no more memory after a thousand steps than after one', async () => {
  const { tf } = await loadBackend();
  const before = tf.memory();
  const step = await prepareStep(tiny, tensorflowRuntime(), 32);
  await step.run();
  const { numTensors, numBytes } = tf.memory();
  for (let i = 0; i < 999; i++) await step.run();
  expect(tf.memory()).toMatchObject({ numTensors, numBytes });
  await step.dispose();
  expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
});
