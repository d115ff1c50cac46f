/** Makes a film in a worker of its own, which ends with it. */
import { ReverieError } from '../../shared/errors.ts';
import type { FilmNews, FilmOrder } from './messages.ts';

/** @throws ReverieError when the encoder fails, `job/cancelled` when `signal` is aborted */
export function makeFilm(
  order: FilmOrder,
  progress: (done: number, of: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const film = new Promise<Blob>((resolve, reject) => {
    const fail = (message: string): void =>
      reject(
        new ReverieError(
          'internal',
          `The film could not be made: ${message} Try another kind of film or a smaller size.`,
        ),
      );
    signal.addEventListener('abort', () =>
      reject(new ReverieError('job/cancelled', 'The film was not made.')),
    );
    worker.addEventListener('error', ({ message }) => fail(message));
    worker.addEventListener('message', ({ data }: MessageEvent<FilmNews>) => {
      if (data.kind === 'frame') progress(data.done, data.of);
      else if (data.kind === 'failed') fail(data.message);
      else resolve(new Blob([data.bytes], { type: data.type }));
    });
    worker.postMessage(order);
  });
  return film.finally(() => worker.terminate());
}
