import { expect, it } from 'vitest';
import { ReverieError } from './errors.ts';
import { asSentence } from './sentence.ts';

const plain = 'Node "conv1" (Conv) needs an input of 4 axes, but gets shape [1,3].';

it.each([
  ['an ordinary one', plain, plain],
  ['line ends', 'No "a\nb\r\n".', 'No "a\ufffdb\ufffd\ufffd".'],
  ['terminal codes', 'No "\x1b[2J".', 'No "\ufffd[2J".'],
  ['text turned round', 'No "\u202egnp.exe".', 'No "\ufffdgnp.exe".'],
  ['a long name', `No "${'a'.repeat(999)}".`, `No "${'a'.repeat(149)}…${'a'.repeat(50)}".`],
  [
    'a long list',
    `No ${'a, '.repeat(999)}.`,
    `No ${'a, '.repeat(999).slice(0, 746)}…${'a, '.repeat(99).slice(-249)}.`,
  ],
])('%s', (_name, text, expected) => {
  expect(asSentence(text)).toBe(expected);
  expect(new ReverieError('model/unreadable', text).message).toBe(expected);
});
