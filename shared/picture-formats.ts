/** Every format of picture files, one row each: what opens, imports, exports, scans and shows pictures reads this table. */

export interface PictureFormat {
  readonly label: string;
  /** Media type. */
  readonly type: string;
  /** In lower case, with their dot; a new file gets the first. */
  readonly extensions: readonly [string, ...string[]];
  /** How it is written: `exact` keeps every sample, of 16 bits too, `lossy` has a quality. Null is only read. */
  readonly writing: 'exact' | 'lossy' | null;
}

/** In the order in which they are offered. */
export const pictureFormats = {
  png: { label: 'PNG', type: 'image/png', extensions: ['.png'], writing: 'exact' },
  jpeg: {
    label: 'JPEG',
    type: 'image/jpeg',
    extensions: ['.jpg', '.jpeg', '.jpe', '.jfif'],
    writing: 'lossy',
  },
  webp: { label: 'WebP', type: 'image/webp', extensions: ['.webp'], writing: 'lossy' },
  tiff: { label: 'TIFF', type: 'image/tiff', extensions: ['.tif', '.tiff'], writing: 'exact' },
  avif: { label: 'AVIF', type: 'image/avif', extensions: ['.avif'], writing: 'lossy' },
  gif: { label: 'GIF', type: 'image/gif', extensions: ['.gif'], writing: null },
} as const satisfies Record<string, PictureFormat>;

export type PictureFormatName = keyof typeof pictureFormats;

type Written = { [F in PictureFormatName]: (typeof pictureFormats)[F]['writing'] extends null ? never : F };
/** A format that pictures can be saved in. */
export type WrittenFormat = Written[PictureFormatName];

export const pictureFormatNames = Object.keys(pictureFormats) as PictureFormatName[];

export const writtenFormats = pictureFormatNames.filter(
  (name): name is WrittenFormat => pictureFormats[name].writing !== null,
);

export const pictureExtensions: readonly string[] = pictureFormatNames.flatMap(
  (name): readonly string[] => pictureFormats[name].extensions,
);

/** What file dialogs offer. */
export const ACCEPTED_PICTURES = pictureExtensions.join(',');

/** The format that the extension of a file's name or path stands for, in capitals or not. */
export function pictureFormatOf(name: string): PictureFormatName | undefined {
  const extension = /[^/\\](\.[^./\\]*)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return pictureFormatNames.find((format) =>
    (pictureFormats[format].extensions as readonly string[]).includes(extension),
  );
}

/** Whether a file of this name is written with a loss, which an attack does not survive. */
export function isLossy(name: string): boolean {
  const format = pictureFormatOf(name);
  return format !== undefined && pictureFormats[format].writing === 'lossy';
}

/** Whether a file can be a picture, by its name. */
export const isPictureName = (name: string): boolean => pictureFormatOf(name) !== undefined;

/** Whether a file of a folder is meant as a picture: hidden ones, such as the companions that macOS writes, are not. */
export const isListedPicture = (name: string): boolean => !name.startsWith('.') && isPictureName(name);
