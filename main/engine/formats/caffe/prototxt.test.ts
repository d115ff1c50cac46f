import { describe, expect, it, test } from 'vitest';
import { refusal } from '../../testing/refusal.ts';
import type { NetParameter } from './messages.ts';
import { looksLikePrototxt, parsePrototxt } from './prototxt.ts';

const conv = (settings: string): string => `layer { convolution_param { ${settings} } }`;
const convNet = (convolutionParam: object): NetParameter => ({ layer: [{ convolutionParam }] });

describe('texts', () => {
  it.each<[string, string, NetParameter]>([
    ['nothing', '  # only a comment', {}],
    ['a comment behind a value', 'name: "a" # "b"\n', { name: 'a' }],
    ['a comment sign in a string', 'name: "a#b"', { name: 'a#b' }],
    ['single quotes', "name: 'it\\'s'", { name: "it's" }],
    ['escapes', String.raw`name: "\t\x41\101\\\"\?"`, { name: '\tAA\\"?' }],
    ['strings that follow each other', 'name: "a" \'b\'\n"c"', { name: 'abc' }],
    ['the last of several values', 'name: "a" name: "b"', { name: 'b' }],
    [
      'repeated fields',
      'input: "a" input: "b" input_dim: 1 input_dim: 3',
      { input: ['a', 'b'], inputDim: [1, 3] },
    ],
    ['lists', conv('kernel_size: [3, 5] pad: []'), convNet({ kernelSize: [3, 5], pad: [] })],
    ['messages with a colon', 'layer: { name: "l" }', { layer: [{ name: 'l' }] }],
    ['messages in angle brackets', 'layer < name: "l" >', { layer: [{ name: 'l' }] }],
    ['lists of messages', 'layer [{ name: "a" }, { name: "b" }]', { layer: [{ name: 'a' }, { name: 'b' }] }],
    ['separators', 'name: "a"; input: "x", input: "y"', { name: 'a', input: ['x', 'y'] }],
    ['booleans', conv('bias_term: false'), convNet({ biasTerm: false })],
    ['booleans as numbers', conv('bias_term: 1'), convNet({ biasTerm: true })],
    ['hexadecimal numbers', conv('num_output: 0x10'), convNet({ numOutput: 16 })],
    [
      'real numbers',
      'layer { lrn_param { alpha: 1e-4 beta: .75f k: -2. } }',
      { layer: [{ lrnParam: { alpha: 1e-4, beta: 0.75, k: -2 } }] },
    ],
    [
      'infinite numbers',
      'layer { lrn_param { alpha: inf k: -inf } }',
      { layer: [{ lrnParam: { alpha: Infinity, k: -Infinity } }] },
    ],
    ['words', 'layer { pooling_param { pool: AVE } }', { layer: [{ poolingParam: { pool: 'AVE' } }] }],
    [
      'numbers of words',
      'layer { pooling_param { pool: 1 } }',
      { layer: [{ poolingParam: { pool: 'AVE' } }] },
    ],
    ['layers of version 1', 'layers { type: RELU }', { layers: [{ type: 'RELU' }] }],
    [
      'unknown fields',
      'future: -3 layer { new { deep { x: "}" } y: [WORD, 2] } name: "l" }',
      { layer: [{ name: 'l' }] },
    ],
    [
      'weights, which are not read',
      'layer { name: "l" blobs { data: 1 data: 2 shape { dim: 2 } } }',
      { layer: [{ name: 'l' }] },
    ],
  ])('with %s', (_, text, expected) => {
    expect(parsePrototxt(text)).toEqual(expected);
  });

  it.each<[string, string, number]>([
    ['a missing bracket', 'layer {\n name: "a"\n', 3],
    ['a bracket too many', 'name: "a"\n}', 2],
    ['brackets that do not match', 'layer {\n name: "a" >', 2],
    ['no colon', 'name "a"', 1],
    ['no value', 'layer {\n name:\n}', 3],
    ['a string without an end', 'name: "a\nb"', 1],
    ['a strange character', 'name: "a"\n\n§', 3],
    ['a fraction of outputs', conv('\nnum_output: 1.5'), 2],
    ['a negative pad', conv('pad: -1'), 1],
    ['a word for a number', conv('pad: many'), 1],
    ['a text for a number', conv('pad: "1"'), 1],
    ['a number for a text', 'name: 7', 1],
    ['neither true nor false', conv('bias_term: maybe'), 1],
    ['an unknown word', 'layer { pooling_param {\npool: MEDIAN } }', 2],
    ['a message for a number', conv('pad { x: 1 }'), 1],
    ['a number for a message', 'layer: 3', 1],
    ['a list without commas', conv('pad: [1 2]'), 1],
    ['too many levels', 'a {'.repeat(100_000), 1],
  ])('with %s are refused', (_, text, line) => {
    const { code, message } = refusal(() => parsePrototxt(text));
    expect(code).toBe('model/unreadable');
    expect(message).toContain(`Line ${line} of the prototxt `);
  });
});

describe('recognition', () => {
  test.each([
    ['# a network\nname: "x"\nlayer { name: "c" }', true],
    ['input: "data"\ninput_dim: 1\nlayers {\n}', true],
    ['layer{type:"ReLU"}', true],
    ['net: "train_val.prototxt"\nbase_lr: 0.01', false],
    ['name: "a name, no layers"', false],
    ['node { name: "x" op: "Const" }', false],
    ['{"layer": {}}', false],
    ['', false],
  ])('%j', (text, expected) => {
    expect(looksLikePrototxt(text)).toBe(expected);
  });
});
