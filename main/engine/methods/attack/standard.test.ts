/** The standard suite: which of its attacks succeeds, what is counted of many pictures, and what it refuses. */
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AttackSetResult } from '../../../../shared/methods/attack.ts';
import { parseRequest } from '../../../../shared/methods/request.ts';
import { decodeImage } from '../../imaging/codec.ts';
import { normsOf, toLevels } from '../../attack/lattice.ts';
import { Model } from '../../models/model.ts';
import { float32 } from '../../graph/tensor.ts';
import { node, tinyGraph } from '../../testing/tiny-model.ts';
import type { OpenNetwork } from '../common/context.ts';
import { runAttackSet } from './set.ts';
import { codeOf, tinyVictims } from './testing/tiny-victims.ts';

const { folder, tiny, open, photo, original, run } = await tinyVictims();

/** The tiny network on steps of its input, whose gradient is zero everywhere. */
function hidden(): Model {
  const { card } = tiny.model;
  const steps = [
    node('Mul', ['data', 'fine'], 'scaled'),
    node('Floor', ['scaled'], 'steps'),
    node('Div', ['steps', 'fine'], 'stepped'),
    node('Mul', ['data', 'nothing'], 'gone'),
    node('Add', ['stepped', 'gone'], 'seen'),
  ];
  const [first, ...others] = tinyGraph.nodes;
  if (first === undefined) throw new Error('no graph');
  return new Model(
    'hidden',
    'hidden',
    {
      ...tinyGraph,
      constants: new Map([
        ...tinyGraph.constants,
        ['fine', float32([50], [])],
        ['nothing', float32([0], [])],
      ]),
      nodes: [...steps, { ...first, inputs: ['seen', 'w1'] }, ...others],
    },
    card,
  );
}

async function setOf(
  { settings, ...rest }: { images: string[]; settings: object; labels?: string },
  openOne: OpenNetwork = open,
): Promise<AttackSetResult> {
  const request = parseRequest('attackSet', { settings: { method: 'standard', ...settings }, ...rest });
  for await (const event of runAttackSet(openOne, request)) if (event.kind === 'done') return event.result;
  throw new Error('no result');
}

describe('the standard suite', () => {
  it.each([
    ['linf', 24 / 255],
    ['l2', 6],
  ] as const)('ends with the first attack that succeeds within ε, in the file (%s)', async (norm, eps) => {
    const { result, events } = await run({ method: 'standard', norm, eps });
    expect(result).toMatchObject({ success: true, brokenBy: 'apgd-ce', epsilon: eps, queries: null });
    expect(events.filter(({ kind }) => kind === 'step').length).toBeLessThanOrEqual(100);
    const { pixels } = await decodeImage(result.output);
    const norms = normsOf(toLevels(pixels.data), original);
    expect(result.norms).toEqual(norms);
    expect(norms[norm]).toBeLessThanOrEqual(255 * eps);
    expect(result.recipe.settings).toMatchObject({ method: 'standard', norm, eps });
    expect(result.notes.join()).toContain('tells 3 classes apart');
  });

  it('runs all four where none succeeds, and says so', async () => {
    const { result, events } = await run({ method: 'standard', eps: '1/255' });
    expect(result).toMatchObject({ success: false, brokenBy: null });
    expect(result.norms.linf).toBeLessThanOrEqual(1);
    // Of three classes two are targets; the first look of the squares is no step.
    const [started] = events;
    expect(started).toMatchObject({ kind: 'started', steps: 6900 });
    expect(events.filter(({ kind }) => kind === 'step').length).toBe(100 + 200 + 200 + 4999);
  });

  it('breaks a network that hides its gradient by squares', async () => {
    const context = { ...tiny, model: hidden() };
    const alone: OpenNetwork = (name) => (name === null ? Promise.resolve(context) : open(name));
    const { rows } = await setOf({ images: [photo], settings: { eps: '48/255' } }, alone);
    expect(rows).toMatchObject([{ success: true, brokenBy: 'square' }]);
  });

  it('tells of many pictures which attack broke each, and the accuracy that is left', async () => {
    const [wrong, labels] = [join(folder, 'wrong.png'), join(folder, 'labels.csv')];
    await copyFile(photo, wrong);
    const seen = (await run({ method: 'standard' })).result.classes.before[0]?.index ?? 0;
    await writeFile(labels, `photo.png,${seen}\nwrong.png,${(seen + 1) % 3}\n`);
    const of = (eps: string) => setOf({ images: [photo, wrong], settings: { eps }, labels });
    const broken = await of('24/255');
    expect(broken.rows.map(({ brokenBy }) => brokenBy)).toEqual(['apgd-ce', null]);
    expect(broken.robust).toMatchObject({ robust: 0, of: 2 });
    // The picture that was wrong before does not count as robust.
    const held = await of('0');
    expect(held.robust).toMatchObject({ robust: 1, of: 2 });
    expect(held.robust?.interval[0]).toBeCloseTo(0.0945, 3);
    expect(held.robust?.interval[1]).toBeCloseTo(0.9055, 3);
  });

  it.each([{ target: 'random' }, { minimal: true }, { ensemble: 'other' }, { loss: 'dlr' }, { eps: 2 }])(
    'refuses %o',
    async (settings) => {
      expect(await codeOf(run({ method: 'standard', ...settings }))).toBe('usage/option');
    },
  );
});
