/**
 * Which of 40 small pictures are broken, beside the verdicts of published implementations (fixtures/reference.py). Theirs are about
 * pictures of any samples, ours about whole grey levels, and both begin at random points: two pictures may differ.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standardParts, type Norm, type StandardPart } from '../../../../shared/attacks/registry.ts';
import { attack } from '../../../../shared/recipes/attack.ts';
import { defaultsOf } from '../../../../shared/recipes/fields.ts';
import { normsOf } from '../../attack/lattice.ts';
import { outcome } from '../../attack/steps.ts';
import { loadModel } from '../../models/load.ts';
import { ProgramCache } from '../../runtime/cache.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import type { AttackTask } from './attacks/attack-run.ts';
import { attackPicture } from './attacks/registry.ts';
import { standardPart } from './attacks/standard.ts';
import { Victim } from './victim.ts';

interface Reference {
  readonly side: number;
  /** Levels in base64, planar. */
  readonly pictures: readonly string[];
  readonly labels: readonly number[];
  readonly bounds: Readonly<Record<Norm, number>>;
  /** 1 for each picture that is broken. */
  readonly broken: Readonly<
    Record<Norm, Readonly<Record<StandardPart | 'apgd-dlr' | 'standard', readonly number[]>>>
  >;
}

const folder = join(import.meta.dirname, 'fixtures');
const reference = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) as Reference;
const { side, labels, bounds, broken } = reference;
const pictures = reference.pictures.map((text) => new Uint8Array(Buffer.from(text, 'base64')));

/** Pictures that withstand take 900 steps of each attack. */
const SLOW = 300_000;

/** Of a random search two runs differ more than two attacks do, so squares are compared as a part of the suite alone. */
const parts = (Object.keys(standardParts) as StandardPart[]).filter((name) => name !== 'square');

const programs = new ProgramCache(2 ** 26);
let victim: Victim;
beforeAll(async () => {
  const model = await loadModel(join(folder, 'ten.onnx'));
  victim = await Victim.create({ model, runtime: onnxRuntime({ threads: 1 }), programs });
});
afterAll(async () => {
  await victim.release();
  await programs.clear();
});

/** A picture and how it is attacked. */
function taskOf(i: number, norm: Norm, given: object): AttackTask {
  const size = { width: side, height: side };
  return {
    networks: [victim.towards({ kind: 'untargeted', label: labels[i] ?? 0 }, size)],
    original: pictures[i] ?? new Uint8Array(),
    size,
    settings: { ...defaultsOf(attack), norm, eps: bounds[norm], seed: 1, ...given },
    mask: null,
    surrogate: null,
  };
}

const agreement = (ours: readonly boolean[], theirs: readonly number[]): number =>
  ours.filter((fooled, i) => fooled === (theirs[i] === 1)).length;

describe.each(['linf', 'l2'] as const)('in %s', (norm) => {
  const found = new Map<StandardPart, boolean[]>();

  it.each(parts)(
    '%s breaks the pictures that it should',
    async (name) => {
      const ours: boolean[] = [];
      for (const i of pictures.keys()) {
        const task = taskOf(i, norm, { method: 'standard' });
        const { levels, margin } = await outcome(standardPart(name)(task));
        ours.push(margin > 0);
        expect(normsOf(levels, task.original)[norm]).toBeLessThanOrEqual(255 * bounds[norm] + 1e-6);
      }
      found.set(name, ours);
      expect(agreement(ours, broken[norm][name])).toBeGreaterThanOrEqual(38);
    },
    SLOW,
  );

  it(
    'the suite breaks what any of them does, and agrees with the published one',
    async () => {
      const any = pictures.map((_, i) => [...found.values()].some((each) => each[i] === true));
      expect(agreement(any, broken[norm].standard)).toBeGreaterThanOrEqual(38);
      // Those that withstand would run all again.
      for (const i of pictures.keys()) {
        if (any[i] !== true) continue;
        const { margin, brokenBy } = await outcome(attackPicture(taskOf(i, norm, { method: 'standard' })));
        expect(margin).toBeGreaterThan(0);
        expect(brokenBy).toBe([...found].find(([, each]) => each[i] === true)?.[0]);
      }
    },
    SLOW,
  );

  it(
    'apgd on the ratio breaks the pictures that it should',
    async () => {
      const ours: boolean[] = [];
      for (const i of pictures.keys())
        ours.push(
          (await outcome(attackPicture(taskOf(i, norm, { method: 'apgd', loss: 'dlr' })))).margin > 0,
        );
      expect(agreement(ours, broken[norm]['apgd-dlr'])).toBeGreaterThanOrEqual(38);
    },
    SLOW,
  );
});
