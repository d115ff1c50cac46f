/** What a job takes of the machine's memory, and how that is told, the same in every door. */

export interface MemoryEstimate {
  /** What the job takes beyond the program and the loaded network, in bytes. */
  needed: number;
  /** What the machine has left for it, in bytes. */
  free: number;
  /** Side of its tiles in pixels, chosen by what is free where none is asked for. */
  tile: number;
}

const [MIB, GIB] = [2 ** 20, 2 ** 30];

/** `620 MiB`, `18 GiB`, `1.5 GiB`. */
export function inBytes(bytes: number): string {
  if (bytes < 10 * MIB) return `${(bytes / MIB).toFixed(1)} MiB`;
  if (bytes < GIB) return `${tidy(bytes / MIB)} MiB`;
  const gib = bytes / GIB;
  return `${gib < 10 ? gib.toFixed(1) : gib.toFixed(0)} GiB`;
}

/** An estimate is no more exact than two digits. */
const tidy = (mib: number): number => (mib < 100 ? Math.round(mib) : 10 * Math.round(mib / 10));

export const memoryLine = ({ needed, free }: Pick<MemoryEstimate, 'needed' | 'free'>): string =>
  `About ${inBytes(needed)} of memory; ${inBytes(free)} are free.`;

/** A sentence where a job needs more than there is; else undefined. */
export function memoryWarning(
  { needed, free }: Pick<MemoryEstimate, 'needed' | 'free'>,
  advice = 'a smaller size or smaller tiles take less',
): string | undefined {
  if (needed <= free) return undefined;
  return `This takes about ${inBytes(needed)} of memory, and ${inBytes(free)} are free: it may become very slow or fail; ${advice}.`;
}
