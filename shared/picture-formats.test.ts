import { describe, expect, it } from 'vitest';
import {
  ACCEPTED_PICTURES,
  isLossy,
  isPictureName,
  pictureExtensions,
  pictureFormatNames,
  pictureFormatOf,
  pictureFormats,
  writtenFormats,
} from './picture-formats.ts';

describe('the table of picture formats', () => {
  it('has each extension once, in lower case, with its dot', () => {
    expect(new Set(pictureExtensions).size).toBe(pictureExtensions.length);
    for (const extension of pictureExtensions) expect(extension).toMatch(/^\.[a-z]+$/);
  });

  it('writes all formats but those that are only read', () => {
    expect(writtenFormats).toEqual(pictureFormatNames.filter((name) => name !== 'gif'));
  });

  it('is what file dialogs offer', () => {
    expect(ACCEPTED_PICTURES.split(',')).toEqual(pictureExtensions);
  });
});

describe('the format of a name', () => {
  it.each(
    pictureFormatNames.flatMap((name) => pictureFormats[name].extensions.map((e) => [e, name] as const)),
  )('%s is %s, in capitals too', (extension, name) => {
    for (const file of [`a${extension}`, `A${extension.toUpperCase()}`, `/x.y/b.c${extension}`]) {
      expect(pictureFormatOf(file)).toBe(name);
      expect(isPictureName(file)).toBe(true);
    }
  });

  it.each([
    '',
    'png',
    '.png',
    '/photos/.png',
    'a.',
    'a.png/',
    'a.png.txt',
    'a.bmp',
    'a.svg',
    'a.heic',
    'a.constructor',
  ])('%j is none', (name) => {
    expect(pictureFormatOf(name)).toBeUndefined();
    expect(isPictureName(name)).toBe(false);
  });

  it('tells what loses something', () => {
    expect(['a.png', 'a.TIF', 'a.tiff'].map(isLossy)).toEqual([false, false, false]);
    expect(['a.jpg', 'a.jfif', 'a.webp', 'a.avif'].map(isLossy)).toEqual([true, true, true, true]);
  });
});
