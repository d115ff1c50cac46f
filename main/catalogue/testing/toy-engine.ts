/** What an installation needs of the engine: it reads whatever it is given, until it is told to refuse. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { ImportModelRequest, ModelInfo, ModelSummary } from '../../../shared/contract/models.ts';
import type { ReverieError } from '../../../shared/errors.ts';
import type { InstallOptions } from '../install.ts';

export interface ToyEngine {
  readonly engine: InstallOptions['engine'];
  /** What it says of every network, as long as this is set. */
  refusal: ReverieError | null;
  /** Everything that it was asked to import. */
  readonly imports: ImportModelRequest[];
  /** The cards that came with it. */
  readonly cards: unknown[];
  ids(): Promise<Set<string>>;
}

/** @param models Folder of the installed networks. */
export function toyEngine(models: string): ToyEngine {
  const installed = async (): Promise<string[]> =>
    (await readdir(models)).filter((name) => ['.onnx', '.pb'].includes(extname(name)));
  const toy: ToyEngine = {
    refusal: null,
    imports: [],
    cards: [],
    ids: async () => new Set((await installed()).map(idOf)),
    engine: {
      listModels: async () => ({ models: (await installed()).map((name) => summaryOf(idOf(name))) }),
      async inspectModel({ model }) {
        if (toy.refusal !== null) throw toy.refusal;
        const name = (await installed()).find((file) => idOf(file) === model);
        return infoOf(await readFile(name === undefined ? (model ?? '') : join(models, name)));
      },
      async importModel(request) {
        if (toy.refusal !== null) throw toy.refusal;
        toy.imports.push(request);
        for (const { path } of request.companions ?? [])
          toy.cards.push(JSON.parse(await readFile(path, 'utf8')));
        const id = idOf(request.file.name);
        await writeFile(join(models, `${id}.pb`), 'what was in the archive');
        const { input } = infoOf(new Uint8Array(0));
        const recognised = { family: null, certainty: 'stated', why: '', input, classes: null } as const;
        return { model: summaryOf(id), recognised: { ...recognised, labels: null, dreamLayers: [] } };
      },
    },
  };
  return toy;
}

function idOf(name: string): string {
  return basename(name, extname(name));
}

function summaryOf(id: string): ModelSummary {
  return { id, title: id, short: id, format: 'onnx', bytes: 1, default: false, shipped: false };
}

function infoOf(file: Uint8Array): ModelInfo {
  return {
    model: 'toy',
    name: 'toy',
    format: 'onnx',
    sha256: createHash('sha256').update(file).digest('hex'),
    card: { short: 'toy', certainty: 'stated', why: '', source: null, licence: null, labels: null },
    input: {
      name: 'data',
      channels: 3,
      width: 224,
      height: 224,
      free: true,
      layout: 'NCHW',
      order: 'rgb',
      mean: [0],
      scale: [1],
    },
    layers: [],
    parameters: 0,
    minSize: 1,
    classes: null,
    answers: 'softmax',
    output: 'scores',
    outputs: [],
    labelled: false,
    dreamLayers: [],
    withoutGradient: [],
    gated: true,
    unsupported: [],
  };
}
