/** The substitute's training: gradients of its weights against differences, and a task that it must learn. */
import { afterAll, describe, expect, it } from 'vitest';
import { random } from '../../../ascent/random.ts';
import { STUDENT_SIDE } from '../../../attack/black-box/student-graph.ts';
import { crossEntropy } from '../../../attack/goal.ts';
import type { Eye } from '../../../attack/eot/expectation.ts';
import { ProgramCache } from '../../../runtime/cache.ts';
import { onnxRuntime } from '../../../runtime/onnxruntime.ts';
import { Student } from './student.ts';
import type { Lesson } from './surrogate.ts';

const programs = new ProgramCache(2 ** 26);
const student = await Student.create({ runtime: onnxRuntime({ threads: 1 }), programs }, 3, 2);
afterAll(async () => {
  await student.release();
  await programs.clear();
});

const size = 3 * STUDENT_SIDE * STUDENT_SIDE;
const plane = STUDENT_SIDE * STUDENT_SIDE;

/** Noise, brighter in the channel that is the label. */
function lesson(seed: number): Lesson {
  const next = random(seed);
  const label = seed % 3;
  const bright = (i: number): number => (Math.floor(i / plane) === label ? 0.3 : 0);
  return { label, seen: Float32Array.from({ length: size }, (_, i) => 0.6 * next() + bright(i)) };
}

describe('a student', () => {
  it('learns what it is told, and says so of pictures that it was not shown', async () => {
    const apart = Array.from({ length: 30 }, (_, i) => lesson(1000 + i));
    const rightOnes = async (): Promise<number> => {
      let right = 0;
      for (const { seen, label } of apart) if ((await student.label(seen)) === label) right++;
      return right;
    };
    expect(await rightOnes()).toBeLessThan(20);
    await student.learn(
      Array.from({ length: 40 }, (_, i) => lesson(i)),
      25,
      1,
    );
    expect(await rightOnes()).toBeGreaterThan(27);
  });

  it('has the gradient of its loss in the samples of a picture of another size', async () => {
    const side = 80;
    const eye: Eye = { side, see: (picture) => picture, back: (gradient) => gradient };
    const oracle = student.through(eye);
    const next = random(5);
    const picture = Float32Array.from({ length: 3 * side * side }, () => next());
    const direction = Float32Array.from({ length: 3 * side * side }, () => next() - 0.4);
    const loss = { kind: 'cross-entropy', label: 1, sign: 1 } as const;
    const { gradient } = await oracle.slope(picture, loss);
    const slope = gradient.reduce((sum, g, i) => sum + g * (direction[i] ?? 0), 0);
    const at = async (t: number): Promise<number> =>
      crossEntropy(await oracle.scores(picture.map((value, i) => value + t * (direction[i] ?? 0))), 1);
    const difference = ((await at(2e-3)) - (await at(-2e-3))) / 4e-3;
    expect(Math.abs(slope - difference)).toBeLessThan(0.02 * Math.abs(difference) + 1e-4);
    expect(await student.view(picture)).toHaveLength(size);
  });
});
