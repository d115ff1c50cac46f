/** An engine that can do nothing: a test lays over it what it needs. */
import type { EngineService } from '../contract.ts';
import { methodNames, type MethodName } from '../methods/registry.ts';

const refuse = (): Promise<never> => Promise.reject(new Error('not in this test'));

const end = (): AsyncGenerator<never, void, undefined> => never();

// oxlint-disable-next-line require-yield -- there is nothing to give
async function* never(): AsyncGenerator<never, void, undefined> {
  await refuse();
}

export const absentEngine: EngineService = {
  listModels: refuse,
  inspectModel: refuse,
  importModel: refuse,
  editModel: refuse,
  removeModel: refuse,
  filesOfModel: refuse,
  classify: refuse,
  estimateMemory: refuse,
  rehearseDream: refuse,
  devices: refuse,
  atlasPage: refuse,
  readRecipe: refuse,
  merge: refuse,
  ...(Object.fromEntries(methodNames.map((name) => [name, end])) as unknown as Pick<
    EngineService,
    MethodName
  >),
};
