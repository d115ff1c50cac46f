/** How well maps know what a network goes by: each beside three that do not know it at all. */
import type { DummyResult, Measures } from '../../../../shared/methods/explain.ts';
import { dummies, type Dummy } from '../../../../shared/recipes/measures.ts';
import { groups, passesFor, type Passes } from '../../attribution/differentiable.ts';
import {
  areaOf,
  fidelityOf,
  roadOf,
  roadPictures,
  ROAD_SHARES,
  STEPS,
  stepsFrom,
  subsetPictures,
  subsets,
  SUBSETS,
  type Answer,
} from '../../attribution/measures/faithfulness.ts';
import { gini } from '../../attribution/measures/figures.ts';
import {
  blurred,
  centreMap,
  edgeMap,
  randomMap,
  ranked,
  relevanceOf,
} from '../../attribution/measures/relevance.ts';
import { verdictOf, winsOf } from '../../attribution/measures/verdict.ts';
import { createPixels, type Pixels } from '../../imaging/pixels.ts';
import { zeroColour } from '../../models/card.ts';
import type { MethodContext } from '../common/context.ts';
import { AnsweringProgram } from './answering-program.ts';
import type { Finding, Question } from './methods.ts';

/** Of the blur that an insertion begins at, in parts of the shorter side. */
const BLUR = 1 / 20;

/** Pictures of a map that are no ends of its curves. */
const OF_A_MAP = 2 * (STEPS - 1) + 2 * ROAD_SHARES.length;

/** The picture, the baseline and the blur, and what belongs to no map. */
const OF_THE_PICTURE = 3 + SUBSETS;

const DUMMIES = Object.keys(dummies) as Dummy[];

/** Passes that {@link measure} takes for so many maps. */
export const measurePasses = (maps: number, batch: number): number =>
  passesFor(OF_THE_PICTURE, batch) + (maps + DUMMIES.length) * passesFor(OF_A_MAP, batch);

export interface Measured {
  /** In the order of the findings. */
  readonly maps: readonly { measures: Measures; verdict: string }[];
  readonly dummies: readonly DummyResult[];
}

/** The measures of every finding, and of the dummies. */
export async function* measure(
  context: MethodContext,
  { score, picture, settings, batch }: Question,
  findings: readonly Finding[],
): Passes<Measured> {
  const program = await AnsweringProgram.lease(context, score, batch);
  try {
    const fill = zeroColour(context.model.card.preprocessing);
    const baseline = createPixels(picture.width, picture.height, fill);
    const blur = blurred(picture, BLUR * Math.min(picture.width, picture.height));
    const kept = subsets(picture, settings.seed);
    const known = yield* answersTo(program, [
      picture,
      baseline,
      blur,
      ...subsetPictures(picture, kept, fill),
    ]);
    const [whole, empty, dim, ...parts] = known;
    if (whole === undefined || empty === undefined || dim === undefined)
      throw new Error('Nothing was answered.');

    async function* measuresOf(relevance: Float32Array): Passes<Measures> {
      const order = ranked(relevance, settings.seed);
      const inner = (pictures: readonly Pixels[]): Pixels[] => pictures.slice(1, -1);
      const curves = [
        ...inner(stepsFrom(picture, baseline, order)),
        ...inner(stepsFrom(blur, picture, order)),
      ];
      const road = roadPictures(picture, order, settings.seed);
      const answers = yield* answersTo(program, [...curves, ...road]);
      const [half, both] = [STEPS - 1, 2 * (STEPS - 1)];
      return {
        deletion: areaOf([whole as Answer, ...answers.slice(0, half), empty as Answer]),
        insertion: areaOf([dim as Answer, ...answers.slice(half, both), whole as Answer]),
        road: roadOf(answers.slice(both)),
        fidelity: fidelityOf(relevance, kept, whole as Answer, parts),
        sparseness: gini(relevance),
      };
    }

    const maps: Record<Dummy, Float32Array> = {
      random: randomMap(picture, settings.seed),
      edges: edgeMap(picture),
      centre: centreMap(picture),
    };
    const compared: DummyResult[] = [];
    for (const dummy of DUMMIES) {
      const { definition } = dummies[dummy];
      compared.push({ dummy, definition, measures: yield* measuresOf(maps[dummy]) });
    }
    const measured = [];
    for (const { map, display } of findings) {
      const measures = yield* measuresOf(relevanceOf(map, display));
      const wins = { random: 0, edges: 0, centre: 0 };
      for (const each of compared) wins[each.dummy] = winsOf(measures, each.measures);
      measured.push({ measures, verdict: verdictOf(wins, 'in this picture') });
    }
    return { maps: measured, dummies: compared };
  } finally {
    await program.release();
  }
}

async function* answersTo(program: AnsweringProgram, pictures: readonly Pixels[]): Passes<Answer[]> {
  const answers: Answer[] = [];
  for (const group of groups(pictures, program.batch)) {
    answers.push(...(await program.answers(group)));
    yield;
  }
  return answers;
}

/** How long a pass over a batch of pictures takes, measured on the picture itself. */
export async function secondsOfPass(
  context: MethodContext,
  { score, picture, batch }: Question,
): Promise<number> {
  const program = await AnsweringProgram.lease(context, score, batch);
  try {
    const pictures = Array.from({ length: batch }, () => picture);
    // The first pass lays out memory.
    await program.answers(pictures);
    const began = performance.now();
    await program.answers(pictures);
    return (performance.now() - began) / 1000;
  } finally {
    await program.release();
  }
}
