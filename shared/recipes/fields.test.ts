import { describe, expect, it } from 'vitest';
import { attack } from './attack.ts';
import { classify } from './classify.ts';
import { execution } from './common.ts';
import { dream } from './dream.ts';
import { byLabel, defaultsOf, flagOf, parse, type Fields } from './fields.ts';
import { formatValue } from './kinds.ts';

const sample = {
  steps: { kind: 'integer', label: 'Steps', help: '', default: 20, min: 1, max: 12 },
  octaveScale: { kind: 'number', label: 'Octave scale', help: '', default: 1.4, min: 1.05, max: 3 },
  eps: { kind: 'fraction', label: 'ε', help: '', default: 8 / 255, min: 0, max: 1 },
  blend: { kind: 'choice', label: 'Blend', help: '', default: 'add', options: ['add', 'mix', 'replace'] },
  keep: { kind: 'boolean', label: 'Keep', help: '', default: false },
  name: { kind: 'text', label: 'Name', help: '', default: null, auto: 'none' },
  mask: { kind: 'file', label: 'Mask', help: '', default: null, auto: 'none', accepts: 'picture' },
  layers: { kind: 'layers', label: 'Layers', help: '', default: null, auto: 'its own' },
  channels: { kind: 'integers', label: 'Channels', help: '', default: null, auto: 'all', min: 0, max: 99 },
} as const satisfies Fields;

describe('parse', () => {
  it('fills in every default', () => {
    expect(parse(sample, {})).toEqual({
      steps: 20,
      octaveScale: 1.4,
      eps: 8 / 255,
      blend: 'add',
      keep: false,
      name: null,
      mask: null,
      layers: null,
      channels: null,
    });
  });

  it.each([
    ['steps', '12', 12],
    ['steps', 3, 3],
    ['octaveScale', '1.05', 1.05],
    ['octaveScale', ' 2e0 ', 2],
    ['eps', '8/255', 8 / 255],
    ['eps', ' 1 / 4 ', 0.25],
    ['eps', '0.03', 0.03],
    ['eps', 0, 0],
    ['blend', 'replace', 'replace'],
    ['keep', true, true],
    ['keep', 'false', false],
    ['name', 'auto', null],
    ['name', null, null],
    ['name', 'x', 'x'],
    ['mask', 'C:\\a b.png', 'C:\\a b.png'],
    ['layers', 'mixed4c', [{ layer: 'mixed4c', weight: 1 }]],
    [
      'layers',
      'mixed4c:1, mixed3b:-0.5',
      [
        { layer: 'mixed4c', weight: 1 },
        { layer: 'mixed3b', weight: -0.5 },
      ],
    ],
    ['layers', '/features/conv:0:2', [{ layer: '/features/conv:0', weight: 2 }]],
    ['layers', 'scope::name', [{ layer: 'scope::name', weight: 1 }]],
    ['layers', [{ layer: 'a', weight: 2 }], [{ layer: 'a', weight: 2 }]],
    ['channels', '11,84', [11, 84]],
    ['channels', [0], [0]],
  ])('reads %s from %j', (key, given, value) => {
    expect(parse(sample, { [key]: given })).toMatchObject({ [key]: value });
  });

  it.each([
    ['steps', '0', '--steps must be a whole number between 1 and 12, not "0".'],
    ['steps', '2.5', '--steps must be a whole number between 1 and 12, not "2.5".'],
    ['steps', '', '--steps must be a whole number between 1 and 12, not "".'],
    ['steps', 'ten', '--steps must be a whole number between 1 and 12, not "ten".'],
    ['steps', null, '--steps must be a whole number between 1 and 12, not "null".'],
    ['steps', [3], '--steps must be a whole number between 1 and 12, not "[3]".'],
    ['eps', '8/0', '--eps must be a number between 0 and 1, or a fraction such as 8/255, not "8/0".'],
    ['eps', '1/2/3', '--eps must be a number between 0 and 1, or a fraction such as 8/255, not "1/2/3".'],
    ['eps', '9/8', '--eps must be a number between 0 and 1, or a fraction such as 8/255, not "9/8".'],
    ['octaveScale', 'NaN', '--octave-scale must be a number between 1.05 and 3, not "NaN".'],
    ['octaveScale', Infinity, '--octave-scale must be a number between 1.05 and 3, not "Infinity".'],
    ['blend', 'replac', '--blend must be add, mix or replace, not "replac". Did you mean "replace"?'],
    ['keep', 'yes', '--keep must be true or false, not "yes".'],
    ['mask', '', '--mask must be the path of a picture, not "".'],
    ['layers', 'a:', '--layers must be layers with weights such as "mixed4c:1,mixed3b:0.5", not "a:".'],
    ['layers', ':1', '--layers must be layers with weights such as "mixed4c:1,mixed3b:0.5", not ":1".'],
    [
      'layers',
      'a:1,,b',
      '--layers must be layers with weights such as "mixed4c:1,mixed3b:0.5", not "a:1,,b".',
    ],
    ['layers', [], '--layers must be layers with weights such as "mixed4c:1,mixed3b:0.5", not "[]".'],
    ['channels', '1,100', '--channels must be whole numbers between 0 and 99 such as "11,84", not "1,100".'],
  ])('refuses %s from %j', (key, given, message) => {
    expect(() => parse(sample, { [key]: given })).toThrow(
      expect.objectContaining({ code: 'usage/option', message }),
    );
  });

  it('refuses unknown names and suggests the nearest', () => {
    expect(() => parse(sample, { octaveScal: 2 })).toThrow(
      expect.objectContaining({
        code: 'usage/option',
        message: 'There is no option --octave-scal. Did you mean "--octave-scale"?',
      }),
    );
  });

  it.each([[null], [[]], ['steps'], [7]])('refuses %j as settings', (input) => {
    expect(() => parse(sample, input)).toThrow(expect.objectContaining({ code: 'usage/option' }));
  });

  it('names fields as in a form when asked to', () => {
    expect(() => parse(sample, { octaveScale: 9 }, byLabel)).toThrow(
      'Octave scale must be a number between 1.05 and 3, not "9".',
    );
  });
});

describe('formatValue', () => {
  it.each([
    ['steps', 20, '20'],
    ['keep', true, 'true'],
    ['layers', null, 'its own'],
    ['layers', [{ layer: 'a', weight: 0.5 }], 'a:0.5'],
    ['channels', [11, 84], '11,84'],
    ['blend', 'add', 'add'],
    ['eps', 8 / 255, '8/255'],
    ['eps', 0.5, '0.5'],
    ['eps', 0, '0'],
  ] as const)('writes %s %j as %j', (key, value, text) => {
    expect(formatValue(sample[key], value)).toBe(text);
  });
});

describe.each(Object.entries({ attack, dream, classify, execution }))(
  'the table of %s',
  (_, fields: Fields) => {
    it('has defaults that it accepts itself, from values and from text', () => {
      const defaults: Record<string, unknown> = defaultsOf(fields);
      expect(parse(fields, defaults)).toEqual(defaults);
      const text = Object.entries(fields)
        .filter(([key]) => defaults[key] !== null)
        .map(([key, field]) => [key, formatValue(field, defaults[key])] as const);
      expect(parse(fields, Object.fromEntries(text))).toEqual(defaults);
    });

    it.each(Object.entries(fields))('says of %s all that a form and a help text need', (key, field) => {
      expect(field.label).toMatch(/^[A-Z]/);
      expect(field.help).toMatch(/^\S.*[^.]$/);
      expect(flagOf(key)).toMatch(/^[a-z][a-z-]*$/);
      expect(field.auto !== undefined).toBe(field.default === null);
    });
  },
);
