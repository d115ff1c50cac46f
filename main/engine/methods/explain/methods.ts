/** The attributions of one score at one picture. What several of them need, such as the plain gradient, is computed once. */
import { attributions, type Attribution } from '../../../../shared/recipes/attributions.ts';
import type { ExplainSettings } from '../../../../shared/recipes/explain.ts';
import type { Attending } from '../../attribution/attention.ts';
import type { Passes } from '../../attribution/differentiable.ts';
import type { Display } from '../../attribution/display.ts';
import { enlarge, gradCam, hiResCam, layerCam } from '../../attribution/class-activation.ts';
import { integratedGradients, integratedGradientsPasses } from '../../attribution/integrated-gradients.ts';
import { colourMap, product, type AttributionMap } from '../../attribution/map.ts';
import { rise, risePasses, scoreCam, scoreCamPasses } from '../../attribution/masked.ts';
import { occlusion, occlusionPasses, type OcclusionOptions } from '../../attribution/occlusion.ts';
import { smoothGrad, smoothGradPasses } from '../../attribution/smoothgrad.ts';
import type { Name } from '../../graph/graph.ts';
import { createPixels, type Pixels } from '../../imaging/pixels.ts';
import { zeroColour } from '../../models/card.ts';
import { attentionMap } from './attention.ts';
import {
  ScoreProgram,
  type GateRule,
  type Look,
  type ProgramKind,
  type ScoreOfPictures,
} from './score-program.ts';
import type { MethodContext } from '../common/context.ts';

/** What is to be found out. */
export interface Question {
  readonly score: ScoreOfPictures;
  /** What the network sees. */
  readonly picture: Pixels;
  readonly settings: ExplainSettings;
  /** Pictures that one pass takes, where there are many. */
  readonly batch: number;
  /** The layer of Grad-CAM and its kin; undefined where no method needs one. */
  readonly layer: { readonly name: string; readonly tensor: Name; readonly channels: number } | undefined;
  /** What is followed through a transformer; undefined where no method needs it. */
  readonly attending: Attending | undefined;
}

/** What a method found. */
export interface Finding {
  readonly method: Attribution;
  readonly map: AttributionMap;
  /** How its map is usually shown. */
  readonly display: Display;
  readonly gates?: number;
  readonly layer?: string;
  readonly completenessGap?: number;
  readonly difference?: number;
  /** Masked pictures that the network was shown. */
  readonly looks?: number;
  readonly note?: string;
}

/** Grey of the squares of occlusion (Zeiler & Fergus). */
const GREY = 0.5;

/** Part of the difference that integrated gradients may miss without a word. */
const LARGE_GAP = 0.01;

export const BASELINES = { black: 0, grey: 0.5, white: 1 } as const;

/** Which looks at the picture a method builds on. */
const LOOKS: Partial<Readonly<Record<Attribution, readonly GateRule[]>>> = {
  gradient: ['true'],
  'input-x-gradient': ['true'],
  'guided-backprop': ['guided'],
  deconvnet: ['deconvnet'],
  'grad-cam': ['true'],
  'guided-grad-cam': ['true', 'guided'],
  hirescam: ['true'],
  layercam: ['true'],
  scorecam: ['true'],
};

/** Whether a method looks at a layer. */
export const needsLayer = (method: Attribution): boolean => attributions[method].family === 'layers';

/** Whether a method follows attention. */
export const needsAttention = (method: Attribution): boolean => attributions[method].family === 'attention';

const looksOf = ({ settings }: Question): GateRule[] => [
  ...new Set(settings.method.flatMap((method) => LOOKS[method] ?? [])),
];

/** How many passes {@link attribute} takes. */
export function passesOf(question: Question): number {
  const { settings, picture, batch, layer } = question;
  const counts: Partial<Record<Attribution, number>> = {
    smoothgrad: smoothGradPasses(settings.samples, batch),
    'integrated-gradients': integratedGradientsPasses(settings.nodes, batch),
    occlusion: occlusionPasses(picture, occlusionOf(settings, picture), batch),
    scorecam: scoreCamPasses(layer?.channels ?? 0, batch),
    rise: risePasses(settings.masks, batch),
    'attention-rollout': 1,
    'attention-gradient': 1,
  };
  return settings.method.reduce((sum, method) => sum + (counts[method] ?? 0), looksOf(question).length);
}

/**
 * Every method of the settings, in their order.
 *
 * @throws ReverieError as {@link ScoreProgram.lease}
 */
export async function* attribute(context: MethodContext, question: Question): Passes<Finding[]> {
  const looks = new Map<GateRule, Look & { gates: number }>();
  for (const rule of looksOf(question)) {
    const { layer } = question;
    const kind: ProgramKind = {
      gradient: rule,
      batch: 1,
      ...(rule === 'true' && layer !== undefined ? { layer: layer.tensor } : {}),
    };
    const look = yield* leased(context, question, kind, async function* (program): Passes<
      Look & { gates: number }
    > {
      const seen = await program.look(question.picture.data);
      yield;
      return { ...seen, gates: program.gates };
    });
    looks.set(rule, look);
  }
  const findings: Finding[] = [];
  for (const method of question.settings.method)
    findings.push(withNote(yield* find(method, context, question, looks)));
  return findings;
}

type Looks = ReadonlyMap<GateRule, Look & { gates: number }>;

async function* find(
  method: Attribution,
  context: MethodContext,
  question: Question,
  looks: Looks,
): Passes<Finding> {
  const { score, picture, settings, batch, layer, attending } = question;
  const colours = (data: Float32Array): AttributionMap => colourMap(picture, data);
  const seen = (rule: GateRule): Look & { gates: number } => {
    const look = looks.get(rule);
    if (look === undefined) throw new Error(`${method} was not prepared for.`);
    return look;
  };
  const many: ProgramKind = { gradient: 'true', batch };
  switch (method) {
    case 'gradient':
      return { method, display: 'magnitude', map: colours(seen('true').gradient) };
    case 'input-x-gradient': {
      const map = product(colours(seen('true').gradient), colours(picture.data));
      const note =
        'The picture is black, and black times a gradient is nothing; the method gradient tells more.';
      return {
        method,
        display: 'signed',
        map,
        ...noteIf(
          picture.data.every((v) => v === 0),
          note,
        ),
      };
    }
    case 'guided-backprop':
    case 'deconvnet': {
      const { gradient, gates } = seen(method === 'deconvnet' ? 'deconvnet' : 'guided');
      return { method, display: 'colour', map: colours(gradient), gates };
    }
    case 'grad-cam':
    case 'hirescam':
    case 'layercam': {
      const map = camOf(seen('true'), picture, CAMS[method]);
      return { method, display: 'heat', map, ...aboutCam(map, layer?.name) };
    }
    case 'guided-grad-cam': {
      const { gradient, gates } = seen('guided');
      const cam = camOf(seen('true'), picture, gradCam);
      const map = product(cam, colours(gradient));
      return { method, display: 'colour', map, gates, ...aboutCam(cam, layer?.name) };
    }
    case 'smoothgrad': {
      const map = yield* leased(context, question, many, (program) =>
        smoothGrad(program, picture.data, settings),
      );
      return { method, display: 'magnitude', map: colours(map) };
    }
    case 'integrated-gradients': {
      const baseline = baselineOf(picture, settings.baseline).data;
      const { map, sum, difference } = yield* leased(context, question, many, (program) =>
        integratedGradients(program, picture.data, baseline, settings.nodes),
      );
      return {
        method,
        display: 'signed',
        map: colours(map),
        ...completeness(sum, difference),
        ...noteIf(
          picture.data.every((value, i) => value === baseline[i]),
          'The picture is the baseline itself, so nothing lies between them; choose another baseline.',
        ),
      };
    }
    case 'occlusion': {
      const map = yield* leased(context, question, { gradient: 'none', batch }, (program) =>
        occlusion(program, picture, occlusionOf(settings, picture)),
      );
      return { method, display: 'signed', map };
    }
    case 'scorecam': {
      const values = layerOf(seen('true')).values;
      const cam = yield* leased(context, question, { gradient: 'none', batch }, (program) =>
        scoreCam(program, picture, values, zeroColour(context.model.card.preprocessing)),
      );
      const map = enlarge(cam, picture.width, picture.height);
      return { method, display: 'heat', map, ...aboutCam(map, layer?.name), looks: values.channels };
    }
    case 'rise': {
      const map = yield* leased(context, question, { gradient: 'none', batch }, (program) =>
        rise(program, picture, settings, zeroColour(context.model.card.preprocessing)),
      );
      return { method, display: 'signed', map, looks: settings.masks };
    }
    case 'attention-rollout':
    case 'attention-gradient': {
      if (attending === undefined) throw new Error(`${method} was not prepared for.`);
      const grid = yield* attentionMap(context, score, picture, attending, method);
      return { method, display: 'heat', map: enlarge(grid, picture.width, picture.height) };
    }
  }
}

const noteIf = (holds: boolean, note: string): Pick<Finding, 'note'> => (holds ? { note } : {});

/** Says so where a map is all zero and nothing else was said. */
function withNote(finding: Finding): Finding {
  if (finding.note !== undefined || finding.map.data.some((value) => value !== 0)) return finding;
  return { ...finding, note: 'The map is all zero: in this picture, nothing small changes the target.' };
}

/** Uses a program for as long as a method runs. */
async function* leased<T>(
  context: MethodContext,
  { score }: Question,
  kind: ProgramKind,
  use: (program: ScoreProgram) => Passes<T>,
): Passes<T> {
  const program = await ScoreProgram.lease(context, score, kind);
  try {
    return yield* use(program);
  } finally {
    await program.release();
  }
}

const CAMS = { 'grad-cam': gradCam, hirescam: hiResCam, layercam: layerCam } as const;

function layerOf({ layer }: Look): NonNullable<Look['layer']> {
  if (layer === undefined) throw new Error('A class activation map needs a layer.');
  return layer;
}

function camOf(look: Look, { width, height }: Pixels, cam: typeof gradCam): AttributionMap {
  const { values, gradient } = layerOf(look);
  return enlarge(cam(values, gradient), width, height);
}

function aboutCam({ data }: AttributionMap, layer = ''): Pick<Finding, 'layer' | 'note'> {
  const note = `There is no positive evidence in this layer, "${layer}", so the map is all zero.`;
  return { layer, ...(data.every((value) => value === 0) ? { note } : {}) };
}

/** The gap, with a sentence where it is large enough to doubt the map. */
function completeness(sum: number, difference: number): Partial<Finding> {
  const completenessGap = sum - difference;
  const share = Math.abs(completenessGap / difference);
  if (!(share > LARGE_GAP)) return { completenessGap, difference };
  const note = `The sum of the map is off by ${(100 * share).toFixed(1)} % of the difference to the baseline; more nodes bring it closer.`;
  return { completenessGap, difference, note };
}

function baselineOf(picture: Pixels, baseline: ExplainSettings['baseline']): Pixels {
  const { width, height, data } = picture;
  if (baseline !== 'mean') return createPixels(width, height, BASELINES[baseline]);
  const plane = width * height;
  const mean = (c: number): number =>
    data.subarray(c * plane, (c + 1) * plane).reduce((a, b) => a + b, 0) / plane;
  return createPixels(width, height, [mean(0), mean(1), mean(2)]);
}

/** The squares of an occlusion, with what is automatic filled in. */
export function occlusionOf(settings: ExplainSettings, { width }: Pixels): OcclusionOptions {
  const size = settings.occlusionSize ?? Math.max(1, Math.round(width / 7));
  return { size, stride: settings.occlusionStride ?? Math.max(1, Math.round(size / 2)), fill: GREY };
}
