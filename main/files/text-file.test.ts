import { expect, it } from 'vitest';
import { textOf } from './text-file.ts';

const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();
const little = Buffer.from('\ufeffgröße,猫', 'utf16le');

it.each<[string, Uint8Array]>([
  ['UTF-8', Buffer.from('größe,猫')],
  ['UTF-8 with a mark', Buffer.from('\ufeffgröße,猫')],
  ['UTF-16, little-endian', little],
  ['UTF-16, big-endian', swapped(little)],
])('%s is read as the text that it is', (_, bytes) => expect(textOf(bytes)).toBe('größe,猫'));
