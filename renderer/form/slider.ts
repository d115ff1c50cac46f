/** Sliders for ranges that are too wide to be even: where the default lies comfortably, and small values have room. */
import type { IntegerField, NumberField } from '../../shared/recipes/kinds.ts';

/** Positions of a slider, from 0 up to this. */
export const SLIDER_STEPS = 1000;
/** Where the default sits. */
const COMFORTABLE = 0.4;

/** The position of a value. */
export function toSlider(field: IntegerField | NumberField, value: number): number {
  const part = (clamp(value, field.min, field.max) - field.min) / (field.max - field.min);
  return Math.round(SLIDER_STEPS * part ** (1 / bend(field)));
}

/** The value at a position, rounded to what a person would type. */
export function fromSlider(field: IntegerField | NumberField, position: number): number {
  const value = field.min + (field.max - field.min) * (position / SLIDER_STEPS) ** bend(field);
  if (field.kind === 'integer') return Math.round(value);
  const step = field.step ?? 0.01;
  const fine = value < 10 * step ? step / 10 : step;
  return clamp(Number((Math.round(value / fine) * fine).toFixed(6)), field.min, field.max);
}

function bend({ default: usual, min, max }: IntegerField | NumberField): number {
  if (usual === null || usual <= min) return 1;
  return Math.max(1, Math.log((usual - min) / (max - min)) / Math.log(COMFORTABLE));
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
