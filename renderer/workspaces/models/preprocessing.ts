/** What a network is and how it takes pictures, as rows of words. */
import type { ModelInfo, ModelInput } from '../../../shared/contract/models.ts';

export interface Row {
  readonly label: string;
  readonly text: string;
}

const ORDERS: Record<ModelInput['order'], string> = {
  rgb: 'red, green, blue',
  bgr: 'blue, green, red',
  grey: 'grey',
};

export function preprocessing({
  input,
  parameters,
  classes,
  labelled,
  minSize,
  layers,
}: ModelInfo): readonly Row[] {
  const tells =
    classes === null ? 'Is no classifier' : `${classes} classes${labelled ? '' : ', without names'}`;
  return [
    { label: 'Tells apart', text: tells },
    { label: 'Size', text: `${millions(parameters)} trained numbers in ${layers.length} layers` },
    {
      label: 'Pictures',
      text: `${input.width} × ${input.height}${input.free ? `, any from ${minSize}` : ', no other size'}`,
    },
    { label: 'Channels', text: ORDERS[input.order] },
    { label: 'Subtracts from each', text: numbers(input.mean) },
    { label: 'Then multiplies by', text: numbers(input.scale) },
  ];
}

function millions(count: number): string {
  return count >= 1e6 ? `${(count / 1e6).toFixed(1)} million` : count.toLocaleString('en');
}

/** One number when all are the same. */
function numbers(values: readonly number[]): string {
  const texts = values.map((value) => String(Number(value.toPrecision(5))));
  return new Set(texts).size === 1 ? (texts[0] ?? '') : texts.join(', ');
}
