/**
 * A report: one page of HTML that needs nothing beside it, to be sent to somebody or printed, with its numbers as CSV and JSON.
 * Everything that comes from outside passes `escaped`.
 */
import { extname } from 'node:path';
import { csvOf } from '../../../../shared/csv.ts';
import { ReverieError } from '../../../../shared/errors.ts';
import { checkPlace, writeAtomically } from '../../../files/whole-file.ts';
import { programFacts } from '../../../log/facts.ts';
import { encodeJpeg } from '../../imaging/codec.ts';
import type { Pixels } from '../../imaging/pixels.ts';
import { fitLonger, resize } from '../../imaging/resample.ts';
import { STYLE } from './style.ts';

/** A piece of a page that is HTML already. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What a page consists of: text, a number, HTML, or several of them. */
export type Content = string | number | Html | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

function textOf(content: Content): string {
  if (content instanceof Html) return content.text;
  return typeof content === 'object' ? content.map(textOf).join('') : escaped(String(content));
}

/** HTML in which everything that is put in is escaped, unless it is HTML itself. */
export const html = (parts: TemplateStringsArray, ...contents: readonly Content[]): Html =>
  new Html(parts.map((part, i) => part + textOf(contents[i] ?? '')).join(''));

/** Columns after the first hold numbers. */
export function table(head: readonly Content[], rows: readonly (readonly Content[])[]): Html {
  const cells = (row: readonly Content[]): Html[] =>
    row.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`));
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${head.map((cell) => html`<th scope="col">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${cells(row)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** What made the numbers: the program and what it computes with. */
export const versions = (): Html =>
  html`<p class="muted">
    ${programFacts()
      .filter(([label]) => VERSIONS.includes(label))
      .map((fact) => fact.join(' '))
      .join(', ')}
  </p>`;

const VERSIONS = ['Reverie', 'ONNX Runtime', 'TensorFlow.js', 'Node', 'Electron'];

/** What words mean. */
export const definitions = (entries: readonly (readonly [Content, Content])[]): Html =>
  html`<dl>
    ${entries.map(
      ([word, meaning]) =>
        html`<dt>${word}</dt>
          <dd>${meaning}</dd> `,
    )}
  </dl>`;

/** Of pictures on a page, in pixels. */
const SIDE = 224;

/** A picture with its caption, embedded as a JPEG of moderate size. @param alt for who cannot see it */
export async function figure(picture: Pixels, alt: string, caption: Content): Promise<Html> {
  const { width, height } = fitLonger(picture, Math.min(SIDE, Math.max(picture.width, picture.height)));
  const jpeg = Buffer.from(await encodeJpeg(resize(picture, width, height), { quality: 85 }));
  return html`<figure>
    <img alt="${alt}" src="data:image/jpeg;base64,${jpeg.toString('base64')}" />
    <figcaption>${caption}</figcaption>
  </figure>`;
}

export const page = (title: string, body: Content): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <title>${title}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `.text;

/** The page and what lies beside it. @throws ReverieError `usage/option` for another extension, `output/unwritable` */
export async function checkReport(path: string | null): Promise<void> {
  if (path === null) return;
  if (extname(path).toLowerCase() !== '.html')
    throw new ReverieError('usage/option', `A report goes into an .html file, not into "${path}".`);
  for (const file of [path, beside(path, '.csv'), beside(path, '.json')]) await checkPlace(file);
}

const beside = (path: string, extension: string): string =>
  `${path.slice(0, -extname(path).length)}${extension}`;

/** Writes the page last, so that it appears when all is there. */
export async function writeReport(
  path: string,
  { text, csv, json }: { text: string; csv: readonly (readonly (string | number | null)[])[]; json: unknown },
): Promise<void> {
  await writeAtomically(beside(path, '.csv'), csvOf(csv));
  await writeAtomically(beside(path, '.json'), `${JSON.stringify(json, null, 2)}\n`);
  await writeAtomically(path, text);
}
