import { expect, it } from 'vitest';
import { shortName } from './short-name.ts';

it('leaves names that are short enough', () => expect(shortName('猫'.repeat(60))).toBe('猫'.repeat(60)));

it.each([
  ['Chinese', '猫'.repeat(83), '猫'.repeat(60)],
  ['letters', 'a'.repeat(300), 'a'.repeat(180)],
  ['families, of several characters each', '👨‍👩‍👧'.repeat(20), '👨‍👩‍👧'.repeat(10)],
  ['accents of their own', 'e\u0301'.repeat(90), 'e\u0301'.repeat(60)],
])('cuts %s by bytes, and none in the middle', (_, name, short) => {
  expect(shortName(name)).toBe(short);
  expect(Buffer.byteLength(shortName(name))).toBeLessThanOrEqual(180);
});
