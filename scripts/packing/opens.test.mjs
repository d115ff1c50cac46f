/** The files that an installed program is offered for are those that it reads. */
import { expect, it } from 'vitest';
import * as formats from '../../shared/picture-formats.ts';
import { pictureExtensions, pictureTypes } from './opens.mjs';

it('names every format of pictures that is read', () => {
  expect(pictureTypes).toEqual(formats.pictureFormatNames.map((name) => formats.pictureFormats[name].type));
  expect(pictureExtensions.map((extension) => `.${extension}`)).toEqual(formats.pictureExtensions);
});
