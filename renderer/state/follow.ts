/** Reading the studio's streams for as long as the window lives, over connections that come and go. */
import type { Connection } from '../host/host.ts';

/** Where to learn when a stream may be opened again. */
export interface Line {
  onConnection(handler: (connection: Connection) => void): void;
}

/** Opens a stream whenever the line is open, and hands every value on; `first` marks the one that holds everything. */
export function follow<Value>(
  line: Line,
  open: () => AsyncIterable<Value>,
  take: (value: Value, first: boolean) => void,
): void {
  line.onConnection((connection) => {
    if (connection === 'open') void read(open(), take);
  });
}

/** A stream that breaks is opened again with the next connection: its failure has nothing to add to that of the line. */
async function read<Value>(
  stream: AsyncIterable<Value>,
  take: (value: Value, first: boolean) => void,
): Promise<void> {
  let first = true;
  try {
    for await (const value of stream) {
      take(value, first);
      first = false;
    }
  } catch {
    return;
  }
}
