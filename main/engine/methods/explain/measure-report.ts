/** The report of measures: the table of methods and dummies, verdicts, definitions, every photo with its maps, settings and versions. */
import { basename } from 'node:path';
import type { PassedOver } from '../../../../shared/contract/result.ts';
import type {
  MeanMeasures,
  MeasuredPhoto,
  MeasureSetResult,
  Measures,
  Spread,
} from '../../../../shared/methods/measure-set.ts';
import { attributions } from '../../../../shared/recipes/attributions.ts';
import { dummies, measures, type Measure } from '../../../../shared/recipes/measures.ts';
import type { MethodContext } from '../common/context.ts';
import { definitions, figure, html, page, table, versions, writeReport, type Html } from '../report/page.ts';
import type { Measured } from './measure.ts';
import type { Finding } from './methods.ts';
import { mapPicture } from './output.ts';
import { targetOf, type Asked } from './question.ts';

type Told = Pick<
  MeasureSetResult,
  'settings' | 'photos' | 'failed' | 'methods' | 'dummies' | 'definitions' | 'notes'
>;

const NAMES = Object.keys(measures) as Measure[];

/** One photo: what the network saw, and the map of each method. */
export async function photoFigures(
  image: string,
  asked: Asked,
  findings: readonly Finding[],
  { maps }: Measured,
): Promise<Html> {
  const { question } = asked;
  const { text, label, score } = targetOf(asked);
  const name = basename(image);
  const what = `${label ?? text}, score ${score.toFixed(2)}`;
  const figures = [await figure(question.picture, `What the network sees of ${name}`, what)];
  for (const [i, finding] of findings.entries()) {
    const { label: method } = attributions[finding.method];
    const map = mapPicture(finding, question.settings.display);
    figures.push(await figure(map, `${method} of ${name}`, [method, ': ', maps[i]?.verdict ?? '']));
  }
  return html`<section>
    <h3>${name}</h3>
    <div class="pictures">${figures}</div>
  </section> `;
}

/** Writes the page, and the numbers beside it. */
export async function writeMeasureReport(
  path: string,
  { model, runtime }: MethodContext,
  result: Told,
  figures: readonly Html[],
): Promise<void> {
  const { settings, photos, failed, methods, dummies: compared, notes } = result;
  const title = `Explanations of ${model.name}, measured over ${photos.length} photos`;
  const rows = [
    ...methods.map(({ method, means }) => rowOf(attributions[method].label, means)),
    ...compared.map(({ dummy, means }) => rowOf(`${dummies[dummy].label} (knows nothing)`, means)),
  ];
  const head = NAMES.map((name) => {
    const { label, better } = measures[name];
    return [label, better === null ? '' : html`<small> (${better} is better)</small>`];
  });
  const body = html` <p>
      Means with 95 % intervals (bootstrap over the photos), on the scale of the score, and of the probability
      below.
    </p>
    ${table(['Map', ...head], rows)}
    <h2>What that comes to</h2>
    <ul>
      ${methods.map(({ method, verdict }) => html`<li><strong>${attributions[method].label}.</strong> ${verdict}</li>`)}
    </ul>
    <p class="muted">
      A map counts as better by a measure where the whole interval of the difference, photo by photo, says so.
    </p>
    ${
      failed.length === 0
        ? ''
        : html`<h2>Passed over</h2>
            <ul>
              ${failed.map((each) => html`<li>${withoutFolders(each).reason}</li>`)}
            </ul>`
    }
    <h2>Definitions</h2>
    ${definitions([
      ...NAMES.map((name) => [measures[name].label, measures[name].definition] as const),
      ...methods.map(({ method, definition }) => [attributions[method].label, definition] as const),
      ...compared.map(({ dummy, definition }) => [dummies[dummy].label, definition] as const),
    ])}
    <h2>Photos</h2>
    ${figures}
    <h2>How it was made</h2>
    <pre>${JSON.stringify({ model: model.identity, settings }, null, 2)}</pre>
    <p class="muted">On ${runtime.name} (${runtime.device}). ${notes.join(' ')}</p>
    ${versions()}`;
  // What is sent to somebody names no folders.
  const json = {
    ...result,
    photos: photos.map((photo) => ({ ...photo, image: basename(photo.image) })),
    failed: failed.map(withoutFolders),
  };
  await writeReport(path, { text: page(title, body), csv: linesOf(photos), json });
}

const withoutFolders = ({ path, reason }: PassedOver): PassedOver => ({
  path: basename(path),
  reason: reason.replaceAll(path, basename(path)),
});

function rowOf(name: string, means: MeanMeasures) {
  const cells = NAMES.map((measure) => {
    const value = means[measure];
    if (value === null) return '–';
    if (!('logit' in value)) return spread(value);
    return [
      spread(value.logit),
      value.probability === null ? '' : html`<small>${spread(value.probability)}</small>`,
    ];
  });
  return [name, ...cells];
}

const spread = ({ mean, interval: [low, high] }: Spread): string =>
  `${mean.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;

/** A line for every photo and map. */
function linesOf(photos: readonly MeasuredPhoto[]): (string | number | null)[][] {
  const scaled = ['deletion', 'insertion', 'road'] as const;
  const head = ['picture', 'target', 'map', ...scaled.flatMap((name) => [name, `${name} probability`])];
  const line = (photo: MeasuredPhoto, map: string, values: Measures) => [
    basename(photo.image),
    photo.target.label ?? photo.target.text,
    map,
    ...scaled.flatMap((name) => [values[name].logit, values[name].probability]),
    values.fidelity,
    values.sparseness,
  ];
  return [
    [...head, 'fidelity', 'sparseness'],
    ...photos.flatMap((photo) => [
      ...photo.methods.map((each) => line(photo, each.method, each.measures)),
      ...photo.dummies.map((each) => line(photo, each.dummy, each.measures)),
    ]),
  ];
}
