import { expect, it } from 'vitest';
import { inWords, wordsOf } from './words.ts';

it.each([
  ['mi-fgsm', 'MI-FGSM'],
  ['cw', 'Carlini–Wagner'],
  ['square', 'Square attack'],
  ['guided-backprop', 'Guided backprop'],
])('the choice %s is read as %s', (option, words) => {
  expect(wordsOf(option)).toBe(words);
});

it.each([
  ['fgsm, mi-fgsm and pgd stay within ε', 'FGSM, MI-FGSM and PGD stay within ε'],
  ['linf; l2 for deepfool, cw', 'L∞; L2 for DeepFool, Carlini–Wagner'],
  ['a square of rays-of-light', 'a square of rays-of-light'],
])('"%s" is read as "%s"', (sentence, words) => {
  expect(inWords(sentence)).toBe(words);
});
