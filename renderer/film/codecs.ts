/** What this browser can encode, per kind of film. */
import { getFirstEncodableVideoCodec, type VideoCodec } from 'mediabunny';

export type FilmFormat = 'webm' | 'mp4';

/** In order of preference: what plays in most places first. */
const CODECS: Record<FilmFormat, VideoCodec[]> = {
  webm: ['vp9', 'vp8', 'av1'],
  mp4: ['avc', 'hevc', 'vp9', 'av1'],
};

export interface EncodableFilm {
  readonly format: FilmFormat;
  readonly codec: VideoCodec;
}

/** The kinds of film that can be made at a size in pixels; none without WebCodecs. */
export async function encodableFilms(width: number, height: number): Promise<readonly EncodableFilm[]> {
  if (!('VideoEncoder' in globalThis)) return [];
  const films: EncodableFilm[] = [];
  for (const format of ['webm', 'mp4'] as const) {
    const codec = await getFirstEncodableVideoCodec(CODECS[format], { width, height });
    if (codec !== null) films.push({ format, codec });
  }
  return films;
}
