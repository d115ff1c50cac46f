import { describe, expect, it } from 'vitest';
import { dream } from '../../shared/recipes/dream.ts';
import { fromSlider, SLIDER_STEPS, toSlider } from './slider.ts';

const fields = [
  ['strength', dream.rate],
  ['steps', dream.steps],
  ['octaves', dream.octaves],
  ['octave scale', dream.octaveScale],
  ['jitter', dream.jitter],
] as const;

describe.each(fields)('the slider of %s', (_name, field) => {
  it('reaches both ends', () => {
    expect(fromSlider(field, 0)).toBe(field.min);
    expect(fromSlider(field, SLIDER_STEPS)).toBe(field.max);
  });

  it('gives the default back, and has it within easy reach', () => {
    const position = toSlider(field, field.default);
    expect(fromSlider(field, position)).toBe(field.default);
    expect(position).toBeGreaterThanOrEqual(0.2 * SLIDER_STEPS);
    expect(position).toBeLessThanOrEqual(0.7 * SLIDER_STEPS);
  });

  it('never goes down as it is moved up', () => {
    const values = Array.from({ length: SLIDER_STEPS + 1 }, (_, position) => fromSlider(field, position));
    expect(values).toEqual(values.toSorted((a, b) => a - b));
  });
});
