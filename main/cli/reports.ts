/** What each method has found, in lines for people. */
import { basename } from 'node:path';
import { columns } from '../../shared/columns.ts';
import type { PictureResult } from '../../shared/contract/result.ts';
import type { AtlasResult } from '../../shared/methods/atlas.ts';
import type { ExamplesResult, UnitExamples } from '../../shared/methods/examples.ts';
import type { ExplainResult, Measures, MethodResult, Scaled } from '../../shared/methods/explain.ts';
import type { FilmResult } from '../../shared/methods/film.ts';
import type { FiltersResult } from '../../shared/methods/filters.ts';
import type { MethodName, Results } from '../../shared/methods/registry.ts';
import type { VideoResult } from '../../shared/methods/video.ts';
import type { VisualizeResult } from '../../shared/methods/visualize.ts';
import { setLines } from './set-lines.ts';
import { measureSetLines } from './measure-lines.ts';
import { attackLines, attackSetLines } from './attack-lines.ts';

export const reports: { readonly [M in MethodName]: (result: Results[M]) => string[] } = {
  dream: (result) => [result.output, pace(result, result.recipe.settings.seed)],
  film: filmLines,
  video: videoLines,
  visualize: visualizeLines,
  explain: explainLines,
  examples: examplesLines,
  atlas: atlasLines,
  attack: attackLines,
  attackSet: attackSetLines,
  filters: filtersLines,
  dreamSet: setLines,
  explainSet: setLines,
  visualizeSet: setLines,
  measureSet: measureSetLines,
};

function pace({ steps, seconds, msPerStep, runtime, device }: PictureResult, seed: number): string {
  return `${steps} steps in ${seconds.toFixed(1)} s, ${msPerStep.toFixed(0)} ms a step on ${runtime} (${device}), seed ${seed}`;
}

function filmLines(result: FilmResult): string[] {
  return framesLines(result, result.recipe.settings.fps);
}

function videoLines(result: VideoResult): string[] {
  const { cuts } = result;
  return [
    ...framesLines(result, result.fps),
    ...(cuts.length === 0 ? [] : [`the dream began anew with the scenes at frame ${cuts.join(', ')}`]),
  ];
}

/** A film as a folder of frames, and as one file or how to make one. */
function framesLines(result: FilmResult | VideoResult, fps: number): string[] {
  const { output, video, frames, width, height, brightness, steps, seconds, msPerStep, recipe } = result;
  const join = `ffmpeg -framerate ${fps} -i ${JSON.stringify(`${output}/%04d.png`)} -pix_fmt yuv420p film.mp4`;
  return [
    output,
    ...(video === null ? [`as a video: --video film.mp4, or ${join}`] : [video]),
    `${frames} frames of ${width}×${height} pixels, ${(frames / fps).toFixed(1)} s at ${fps} a second; brightness ${brightness.first.toFixed(1)} → ${brightness.last.toFixed(1)}`,
    `${steps} frames made now in ${seconds.toFixed(1)} s, ${msPerStep.toFixed(0)} ms each on ${result.runtime} (${result.device}), seed ${recipe.settings.seed}`,
  ];
}

function visualizeLines(result: VisualizeResult): string[] {
  const { output, images, notes, recipe } = result;
  return [
    output,
    ...images.map(({ target, objective: { first, last }, output: own }) => {
      const file = own === null ? '' : `  ${own}`;
      return `  ${target}: ${first.toPrecision(4)} → ${last.toPrecision(4)}${file}`;
    }),
    ...notes,
    pace(result, recipe.settings.seed),
  ];
}

function atlasLines({ layer, done, silent, made, folder, output, msPerChannel }: AtlasResult): string[] {
  const each = made === 0 ? '' : `, ${(msPerChannel / 1000).toFixed(1)} s each`;
  const mute = silent.length === 0 ? '' : `; ${silent.length} channels are silent`;
  return [`${layer}: ${done.length} channels, ${made} made now${each}${mute}`, output ?? folder];
}

function filtersLines({ output, layer, filters, channels, kernel, normalisation }: FiltersResult): string[] {
  return [
    ...(output === null ? [] : [output]),
    `${layer}: ${filters} filters of ${kernel.width}×${kernel.height} weights in ${channels} channels`,
    normalisation,
  ];
}

function examplesLines(result: ExamplesResult): string[] {
  const { photos, cached, failed, msPerPhoto, seconds, units, output: sheet } = result;
  const known = cached === 0 ? '' : `, ${cached} of them known from before`;
  const unreadable = failed.map(({ path, reason }) => `${basename(path)}: ${reason}`);
  return [
    ...units.flatMap(unitLines),
    `${photos} photos in ${seconds.toFixed(1)} s${known}, ${msPerPhoto.toFixed(0)} ms each`,
    ...unreadable,
    ...(sheet === null ? [] : [sheet]),
  ];
}

function unitLines({ target, label, examples: found, inputs }: UnitExamples): string[] {
  const rows = found.map(({ path, value, crop }) => [
    value.toPrecision(4),
    basename(path),
    `${crop.width}×${crop.height} at ${crop.x},${crop.y}`,
  ]);
  const fed = inputs.map(({ layer, channel, weight }) => `${layer}/${channel} (${weight.toPrecision(2)})`);
  return [
    label === null ? target : `${target} (${label})`,
    ...columns(rows).map((row) => `  ${row}`),
    ...(fed.length === 0 ? [] : [`  fed most by ${fed.join(', ')}`]),
  ];
}

function explainLines(result: ExplainResult): string[] {
  const {
    output: path,
    classes,
    target,
    recipe,
    methods,
    dummies,
    definitions,
    steps,
    seconds,
    runtime,
    device,
  } = result;
  const of = target.label === null ? target.text : `${target.text} (${target.label})`;
  return [
    ...(path === null ? [] : [path]),
    ...classes.map(
      ({ index, label, probability }) => `  ${percent(probability)}  ${label ?? `class ${index}`}`,
    ),
    `${of}: ${recipe.settings.score} ${target.score.toPrecision(5)}`,
    ...methods.flatMap(findingLines),
    ...(dummies ?? []).flatMap(({ dummy, definition, measures }) => [
      `${dummy}: ${definition}, for comparison`,
      `  ${measureLine(measures)}`,
    ]),
    ...Object.entries(definitions ?? {}).map(([name, definition]) => `${name}: ${definition}`),
    `${steps} passes in ${seconds.toFixed(1)} s on ${runtime} (${device})`,
  ];
}

/** The method with its definition, and what it has to tell. */
function findingLines({
  method,
  definition,
  gates,
  layer,
  looks,
  completenessGap,
  difference,
  randomised,
  measures,
  verdict,
  note,
  raw,
  exported,
}: MethodResult): string[] {
  const facts = [
    ...(gates === undefined ? [] : [`gates rewritten: ${gates}`]),
    ...(layer === undefined ? [] : [`layer: ${layer}`]),
    ...(looks === undefined ? [] : [`masked pictures: ${looks}`]),
    ...(completenessGap === undefined || difference === undefined
      ? []
      : [
          `completeness gap: ${completenessGap.toPrecision(3)} of a difference of ${difference.toPrecision(5)}`,
        ]),
    ...(randomised === undefined
      ? []
      : [`rank correlation with shuffled weights: ${randomised?.toFixed(3) ?? 'none, a map is constant'}`]),
    ...(measures === undefined ? [] : [measureLine(measures)]),
    ...(verdict === undefined ? [] : [verdict]),
    ...(note === undefined ? [] : [note]),
    ...[raw, exported].filter((path) => path !== null),
  ];
  return [`${method}: ${definition}`, ...facts.map((fact) => `  ${fact}`)];
}

/** The score's numbers, and the probability's in brackets. */
function measureLine({ deletion, insertion, road, fidelity, sparseness }: Measures): string {
  const scaled = ({ logit, probability }: Scaled): string =>
    probability === null ? logit.toFixed(3) : `${logit.toFixed(3)} (${probability.toFixed(3)})`;
  return [
    `deletion ${scaled(deletion)}`,
    `insertion ${scaled(insertion)}`,
    `ROAD ${scaled(road)}`,
    `μFidelity ${fidelity?.toFixed(3) ?? 'none'}`,
    `sparseness ${sparseness.toFixed(3)}`,
  ].join(', ');
}

const percent = (probability: number): string => `${(100 * probability).toFixed(1).padStart(5)} %`;
