/** What a network is, in words. */
import type { Certainty, ModelInfo, NetworkFormat } from '../../../shared/contract/models.ts';
import type { AnswerKind } from '../../../shared/contract/network-card.ts';
import type { CatalogueEntry } from '../../../shared/studio/catalogue.ts';
import { bytes, outputWords } from '../../view/format.ts';

export interface Row {
  readonly label: string;
  readonly text: string;
}

const FORMATS: Record<NetworkFormat, string> = { onnx: 'ONNX', tensorflow: 'TensorFlow', caffe: 'Caffe' };

export const formatName = (format: NetworkFormat): string => FORMATS[format];

/** How its numbers are read. */
export const answerWords: Record<AnswerKind, string> = {
  softmax: 'Classes, one of which is right',
  sigmoid: 'Things, each there or not',
  features: 'Features, no classes',
};

/** How far the way it takes pictures can be trusted, in a word or two. */
export const trust: Record<Certainty, string> = {
  stated: 'Stated',
  known: 'Recognised',
  likely: 'Probably right',
  unsure: 'Not known',
};

export function facts({
  card,
  classes,
  answers,
  labelled,
  parameters,
  layers,
  input,
  minSize,
}: ModelInfo): Row[] {
  const side = `${input.width} × ${input.height} px`;
  return [
    {
      label: 'Tells apart',
      text:
        classes === null
          ? 'nothing: it is no classifier'
          : `${outputWords({ shape: [], answers, classes })}${labelled || classes === 1 ? '' : ', without names'}`,
    },
    { label: 'Trained numbers', text: `${count(parameters)} in ${layers.length} layers` },
    {
      label: 'Pictures',
      text: input.free ? `${side}, any from ${minSize} px` : `${side}, for its answer no other size`,
    },
    { label: 'Licence', text: card.licence ?? 'not stated' },
    { label: 'From', text: card.source ?? 'not stated' },
  ];
}

/** `2.97 million`, `30,016`. */
export function count(value: number): string {
  return value >= 1e6 ? `${Number((value / 1e6).toPrecision(3))} million` : value.toLocaleString('en');
}

/** Size of a download. */
export function downloadSize({ bytes: of, exact }: Pick<CatalogueEntry, 'bytes' | 'exact'>): string {
  return `${exact ? '' : 'about '}${bytes(of)}`;
}
