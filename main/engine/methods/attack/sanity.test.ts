/**
 * What figures of attacks rest on. A14: what may make them misleading is noticed and said. A4: an attack leaves the picture and
 * the network as they were. A8: more steps are no worse than one.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { defaultsOf } from '../../../../shared/recipes/fields.ts';
import { attack } from '../../../../shared/recipes/attack.ts';
import { random } from '../../ascent/random.ts';
import { argmax } from '../../attack/goal.ts';
import { fromLevels, type Levels } from '../../attack/lattice.ts';
import { outcome } from '../../attack/steps.ts';
import { float32 } from '../../graph/tensor.ts';
import { Model } from '../../models/model.ts';
import { ProgramCache } from '../../runtime/cache.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import type { Program, Runtime } from '../../runtime/runtime.ts';
import { tinyGraph } from '../../testing/tiny-model.ts';
import { attackNames, reads } from '../../../../shared/attacks/registry.ts';
import { attackPicture } from './attacks/registry.ts';
import { Victim } from './victim.ts';
import type { MethodContext } from '../common/context.ts';

const SIDE = 32;
const preprocessing = {
  layout: 'NCHW',
  channelOrder: 'RGB',
  mean: [127.5],
  std: [127.5],
  size: SIDE,
} as const;
const programs = new ProgramCache(2 ** 26);
afterEach(() => programs.clear());

/** @param answer what becomes of a program's answers */
function context(
  name: string,
  graph = tinyGraph,
  answer?: (values: Float32Array) => Float32Array,
): MethodContext {
  const card = { preprocessing, logits: 'logits', certainty: 'stated', why: '', guessed: false } as const;
  const rest = { labelsName: null, dreamLayers: [], aliases: {}, source: null, licence: null };
  const plain = onnxRuntime({ threads: 1 });
  const compile = async (drawn: Parameters<Runtime['compile']>[0]): Promise<Program> => {
    const program = await plain.compile(drawn);
    if (answer === undefined) return program;
    return {
      outputs: program.outputs,
      dispose: () => program.dispose(),
      run: async (feeds) => {
        const values = await program.run(feeds);
        return Object.fromEntries(
          Object.entries(values).map(([key, { data, dims }]) => [key, float32(answer(data), dims)]),
        );
      },
    };
  };
  const runtime: Runtime = { name: plain.name, device: plain.device, compile };
  return { model: new Model(name, name, graph, { ...card, ...rest }), runtime, programs };
}

const levels: Levels = Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, i) => 128 + 100 * Math.sin(i * 0.17));
const size = { width: SIDE, height: SIDE };

const rest = { size, mask: new Uint8Array(SIDE * SIDE).fill(1), surrogate: null };

async function attacked(victim: Victim, given: object) {
  const classifier = victim.at(size);
  const label = argmax(await classifier.scores(fromLevels(levels)));
  const settings = { ...defaultsOf(attack), eps: 16 / 255, queries: 300, ...given };
  const goal = { kind: 'untargeted', label } as const;
  return outcome(
    attackPicture({ networks: [victim.towards(goal, size)], original: levels, settings, ...rest }),
  );
}

it('A8: PGD fools a network at least as often as FGSM does within the same ε', async () => {
  const victim = await Victim.create(context('both'));
  const classifier = victim.at(size);
  const fooled = { fgsm: 0, pgd: 0 };
  for (let seed = 0; seed < 12; seed++) {
    const next = random(seed);
    const picture = levels.map((level) => 0.6 * level + 100 * next());
    const label = argmax(await classifier.scores(fromLevels(picture)));
    const networks = [victim.towards({ kind: 'untargeted', label }, size)] as const;
    for (const method of ['fgsm', 'pgd'] as const) {
      const settings = { ...defaultsOf(attack), method, eps: 24 / 255 };
      const steps = attackPicture({ networks, original: picture, settings, ...rest });
      if ((await outcome(steps)).margin > 0) fooled[method]++;
    }
  }
  await victim.release();
  expect(fooled.pgd).toBeGreaterThan(0);
  expect(fooled.pgd).toBeGreaterThanOrEqual(fooled.fgsm);
});

describe('a network that may mislead', () => {
  it('is told of when it answers at random', async () => {
    const next = random(1);
    const noise = (values: Float32Array): Float32Array => values.map((value) => value + 0.01 * next());
    const odd = await Victim.create(context('noisy', tinyGraph, noise));
    expect(odd.notes.join()).toContain('answers differently each time');
    await odd.release();
    const sound = await Victim.create(context('sound'));
    expect(sound.notes).toEqual([]);
    await sound.release();
  });

  it('is not attacked when it gives no numbers', async () => {
    const none = (values: Float32Array): Float32Array => values.map(() => NaN);
    await expect(Victim.create(context('none', tinyGraph, none))).rejects.toMatchObject({
      code: 'model/not-finite',
    });
  });

  it('whose gradient is zero everywhere is left alone, and every step counted', async () => {
    const constants = new Map([...tinyGraph.constants, ['w3', float32(new Float32Array(18), [3, 6])]]);
    const victim = await Victim.create(context('flat', { ...tinyGraph, constants }));
    const { flat, levels: found } = await attacked(victim, { method: 'bim', steps: 4 });
    expect(flat).toBe(4);
    expect(found).toEqual(levels);
    await victim.release();
  });
});

// All but the one that trains a network first, which takes long.
describe.each(attackNames.filter((name) => !reads(name, 'substitute')))('after %s', (method) => {
  it('the picture and the network are what they were, bit by bit', async () => {
    const victim = await Victim.create(context('untouched'));
    const before = (await victim.at(size).scores(fromLevels(levels))).slice();
    const copy = levels.slice();
    await attacked(victim, {
      method,
      eps: reads(method, 'eps') ? 16 / 255 : null,
      steps: 5,
    });
    expect(levels).toEqual(copy);
    expect(await victim.at(size).scores(fromLevels(levels))).toEqual(before);
    await victim.release();
  });
});
