import { describe, expect, it } from 'vitest';
import { Builder } from '../graph/builder.ts';
import { float32 } from '../graph/tensor.ts';
import { FallbackRuntime } from './fallback.ts';
import { onnxRuntime } from './onnxruntime.ts';
import type { Device, Program, Runtime, Values } from './runtime.ts';

const g = new Builder();
const y = g.square(g.input('x', [2]));
const graph = g.finish([y]);
const x = { x: float32([2, 3]) };

/** A device that computes rightly until its `step`-th run, and then does what `failure` does. */
function failing(device: Device, step: number, failure: () => Values): Runtime {
  let runs = 0;
  return {
    name: 'failing',
    device,
    compile: (asked) => {
      if (step === 0) return Promise.reject(new Error('No adapter.'));
      return onnxRuntime({ threads: 1 })
        .compile(asked)
        .then((program): Program => ({
          ...program,
          outputs: program.outputs,
          run: async (feeds) => (++runs < step ? program.run(feeds) : failure()),
          dispose: () => program.dispose(),
        }));
    },
  };
}

const lost = (): never => {
  throw new Error('The device was lost.');
};
const nothing = (): Values => ({ [y]: float32([NaN, 9]) });

describe('a runtime that goes on', () => {
  it.each([
    ['a device that cannot be opened', 0, lost, /No adapter\. The job goes on with the device "cpu"\./],
    ['one that is lost in the first step', 1, lost, /lost\. The job goes on with the device "cpu"\./],
    ['one that is lost in a later step', 3, lost, /lost\. The job goes on/],
    [
      'one whose numbers are none',
      3,
      nothing,
      /"webgpu" computed numbers that are not finite\. The job goes on/,
    ],
  ])('is told of %s, and loses no step', async (_, step, failure, sentence) => {
    const runtime = new FallbackRuntime([failing('webgpu', step, failure), onnxRuntime({ threads: 1 })]);
    const program = await runtime.compile(graph);
    for (let i = 0; i < 5; i++) expect([...((await program.run(x))[y]?.data ?? [])]).toEqual([4, 9]);
    expect(runtime.device).toBe('cpu');
    expect(runtime.takeNews()).toEqual([expect.stringMatching(sentence)]);
    expect(runtime.takeNews()).toEqual([]);
    expect(runtime.standing).toEqual([expect.stringMatching(/"webgpu" failed before, so "cpu" computes/)]);
    await program.dispose();
  });

  it('says once what is foreseen of a program, unless whoever runs it minds the memory', async () => {
    const runtime = new FallbackRuntime([onnxRuntime({ threads: 1 })], 'cpu', () => 'It will be tight.');
    const programs = [await runtime.compile(graph), await runtime.compile(graph)];
    expect(runtime.takeNews()).toEqual(['It will be tight.']);
    programs.push(await runtime.compile(graph, { frugal: true }));
    expect(runtime.takeNews()).toEqual([]);
    for (const program of programs) await program.dispose();
  });

  it('passes over two devices, and keeps programs of both going', async () => {
    const runtime = new FallbackRuntime([
      failing('cuda', 3, lost),
      failing('webgpu', 2, lost),
      onnxRuntime({ threads: 1 }),
    ]);
    const [first, second] = [await runtime.compile(graph), await runtime.compile(graph)];
    for (let i = 0; i < 4; i++)
      for (const program of [first, second])
        expect([...((await program.run(x))[y]?.data ?? [])]).toEqual([4, 9]);
    expect(runtime.takeNews()).toHaveLength(2);
    await Promise.all([first.dispose(), second.dispose()]);
  });

  it('disposes of each program once, also when two runs fail at the same time', async () => {
    const disposed = new Map<Program, number>();
    const counted = (runtime: Runtime): Runtime => ({
      ...runtime,
      async compile(asked) {
        const program = await runtime.compile(asked);
        const own: Program = {
          outputs: program.outputs,
          run: (feeds) => program.run(feeds),
          dispose: () => {
            disposed.set(own, (disposed.get(own) ?? 0) + 1);
            return program.dispose();
          },
        };
        disposed.set(own, 0);
        return own;
      },
    });
    const devices = [failing('webgpu', 1, lost), onnxRuntime({ threads: 1 })];
    const program = await new FallbackRuntime(devices.map(counted)).compile(graph);
    const values = await Promise.all([program.run(x), program.run(x), program.run(x)]);
    for (const { [y]: found } of values) expect([...(found?.data ?? [])]).toEqual([4, 9]);
    await program.dispose();
    expect([...disposed.values()]).toEqual([1, 1]);
  });

  it('passes the last device’s failure on', async () => {
    const runtime = new FallbackRuntime([failing('webgpu', 1, lost), failing('cpu', 1, lost)]);
    const program = await runtime.compile(graph);
    await expect(program.run(x)).rejects.toThrow('The device was lost.');
    await program.dispose();
  });
});
