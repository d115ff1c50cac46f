/** Encodes a film, off the window's thread: fetches each step, scales it to the film's size, and hands it to the encoder. */
import { BufferTarget, CanvasSource, Mp4OutputFormat, Output, Quality, WebMOutputFormat } from 'mediabunny';
import type { FilmNews, FilmOrder } from './messages.ts';

const KEY_FRAME_SECONDS = 1;

addEventListener('message', ({ data }: MessageEvent<FilmOrder>) => {
  encode(data).catch((error: unknown) => {
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  });
});

async function encode({ format, codec, width, height, frames }: FilmOrder): Promise<void> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('This browser cannot draw in the background.');
  context.imageSmoothingQuality = 'high';
  const target = new BufferTarget();
  const output = new Output({
    format: format === 'mp4' ? new Mp4OutputFormat({ fastStart: 'in-memory' }) : new WebMOutputFormat(),
    target,
  });
  const source = new CanvasSource(canvas, {
    codec,
    quality: new Quality('high'),
    keyFrameInterval: KEY_FRAME_SECONDS,
  });
  output.addVideoTrack(source);
  await output.start();
  for (const [index, { address, at, duration }] of frames.entries()) {
    const bitmap = await fetchBitmap(address);
    context.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    await source.add(at, duration);
    tell({ kind: 'frame', done: index + 1, of: frames.length });
  }
  await output.finalize();
  const { buffer } = target;
  if (buffer === null) throw new Error('The encoder gave no film.');
  tell({ kind: 'done', bytes: buffer, type: output.format.mimeType });
}

async function fetchBitmap(address: string): Promise<ImageBitmap> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error('A step of the film strip is not there any more.');
  return createImageBitmap(await answer.blob());
}

function tell(news: FilmNews): void {
  postMessage(news);
}
