/** How a network that is brought from the command line is called. */
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import type { EngineApi } from '../../shared/contract.ts';
import type { ImportModelRequest } from '../../shared/contract/models.ts';
import { interruptionBy } from './interruption.ts';
import type { Context } from './command.ts';
import { importModel } from './networks.ts';

/** What the engine would be asked for. */
async function askedFor(given: Context['given']): Promise<ImportModelRequest> {
  const asked: ImportModelRequest[] = [];
  const engine: Pick<EngineApi, 'importModel'> = {
    importModel(request) {
      asked.push(request);
      return Promise.reject(new Error('enough'));
    },
  };
  const interruption = interruptionBy(new AbortController().signal);
  const context = { engine, interruption, given } as unknown as Context;
  await expect(importModel(context, 'nets/net.v2.onnx')).rejects.toThrow('enough');
  const [request] = asked;
  if (request === undefined) throw new Error('Nothing was asked for.');
  return request;
}

it.each([
  [{}, 'net.v2.onnx'],
  [{ name: 'My network 2.1' }, 'My network 2.1.onnx'],
  [{ name: 'ViT-B/16' }, 'ViT-B-16.onnx'],
  [{ name: 'C:\\nets\\mine' }, 'C:-nets-mine.onnx'],
])('is named by %j: %s', async (given, name) => {
  const { file, changes } = await askedFor(given);
  expect(file).toEqual({ path: resolve('nets/net.v2.onnx'), name });
  expect(changes.name).toBe('name' in given ? given.name : null);
});
