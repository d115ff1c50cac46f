/** What survives cameras as a table in Markdown, which docs/attacks.md keeps. */
import type { AttackSetRow, ViewShare } from '../../shared/methods/attack.ts';
import { wilson } from '../engine/attack/eot/wilson.ts';
import { machine, markdown, share } from './attacks-table.ts';
import type { AttackRow } from './attacks.ts';

/** A photo counts as surviving when so many of its views still fool the network. */
const SURVIVES = 0.8;

export function physicalTable(rows: readonly AttackRow[]): string[] {
  return [
    `Measured on: ${machine()}.`,
    '',
    ...markdown(
      ['network', 'attack', 'fooled', 'fresh views', 'photos with 80 % of their views', 'untouched'],
      rows.map(({ model, attack, result: { rows: photos } }) => {
        const counting = photos.filter(({ counted }) => counted);
        const views = counting.flatMap((row) => (row.views === null ? [] : [row.views]));
        const count = sum(views, (view) => view.count);
        const fooled = sum(views, (view) => view.fooled);
        const [low, high] = wilson(fooled, count);
        return [
          model,
          attack,
          share(counting.filter(({ success }) => success).length, counting.length),
          `${share(fooled, count)}, ${percent(low)}–${percent(high)}`,
          share(views.filter(survives).length, views.length),
          share(
            sum(views, (view) => view.untouched),
            count,
          ),
        ];
      }),
    ),
    ...weakest(rows),
  ];
}

/** The photos that survive least, so that no mean hides them. */
function weakest(rows: readonly AttackRow[]): string[] {
  return rows.flatMap(({ attack, result: { rows: photos } }) => {
    const weak = photos.flatMap((row) =>
      row.views === null || survives(row.views) ? [] : [`${nameOf(row)} ${row.views.fooled}`],
    );
    return weak.length === 0 ? [] : ['', `Under 80 % for ${attack}: ${weak.join(', ')}.`];
  });
}

const survives = ({ fooled, count }: ViewShare): boolean => fooled >= SURVIVES * count;

/** `…/n01443537_goldfish.png` → `goldfish`. */
const nameOf = ({ image }: AttackSetRow): string =>
  (image.split(/[/\\]/).at(-1) ?? image).replace(/\.\w+$/, '').replace(/^n\d+_/, '');

const percent = (part: number): string => (100 * part).toFixed(1);

const sum = (views: readonly ViewShare[], of: (view: ViewShare) => number): number =>
  views.reduce((total, view) => total + of(view), 0);
