/** The files of a drop in a browser, with those inside dropped folders. */

/** Deep enough for any album, and an end for a folder that contains itself. */
const DEEPEST = 8;

export async function filesOf(transfer: DataTransfer): Promise<readonly File[]> {
  // The list of items is emptied when the event is over: everything must be taken from it before the first await.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const plain = [...transfer.files];
  if (!entries.some(({ isDirectory }) => isDirectory)) return plain;
  const nested = await Promise.all(entries.map((entry) => filesIn(entry, DEEPEST)));
  return nested.flat().filter(({ name }) => !name.startsWith('.'));
}

async function filesIn(entry: FileSystemEntry, depth: number): Promise<File[]> {
  if (isFile(entry)) return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))];
  if (!isFolder(entry) || depth === 0) return [];
  const reader = entry.createReader();
  const files: File[] = [];
  // A reader gives at most a hundred entries at a time, and none when it has given them all.
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return files;
    for (const inner of batch) files.push(...(await filesIn(inner, depth - 1)));
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
