import type { RequestOf } from '../../shared/methods/request.ts';
import { access, copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttackSetResult, AttackSetRow } from '../../shared/methods/attack.ts';
import type { EngineRequest } from '../../shared/contract.ts';
import type { JobEvent } from '../../shared/jobs.ts';
import { attack } from '../../shared/recipes/attack.ts';
import { defaultsOf } from '../../shared/recipes/fields.ts';
import type { TransferReport } from '../../shared/studio/attack.ts';
import { orderFor, temporaryStudio, type TemporaryStudio } from './testing/temporary-studio.ts';

let t: TemporaryStudio;
beforeEach(async () => {
  t = await temporaryStudio();
  const [dreamnet] = t.engine.models;
  if (dreamnet !== undefined) t.engine.models = [dreamnet, { ...dreamnet, id: 'other', default: false }];
});
afterEach(() => t.close());

const settings = { ...defaultsOf(attack), ensemble: 'other' };

/** What the engine measured. */
const measured: Omit<AttackSetResult, 'transfer'> = {
  model: 'dreamnet',
  runtime: 'fake',
  device: 'cpu',
  seconds: 1,
  settings,
  truth: 'prediction',
  rows: [],
  failed: [],
  fooled: 1,
  counted: 2,
  robust: null,
  median: null,
  queries: null,
  notes: ['A note.'],
};

describe('a result shown to another network', () => {
  it('is compared with the picture that the job kept', async () => {
    const requests: EngineRequest<'classify'>[] = [];
    const classify = t.engine.classify.bind(t.engine);
    t.engine.classify = (request) => {
      requests.push(request);
      return classify(request);
    };
    const picture = await t.picture('cat.png');
    const { id } = await t.studio.service.start(orderFor(picture.id));
    await expect(t.studio.service.attackSeenBy({ job: id, model: 'other' })).rejects.toMatchObject({
      code: 'job/state',
    });
    await t.until(id, 'done');
    await t.studio.service.removePictures({ pictures: [picture.id] });
    const cat = { index: 0, label: 'cat', probability: 1 };
    await expect(t.studio.service.attackSeenBy({ job: id, model: 'other' })).resolves.toEqual({
      before: [cat],
      after: [cat],
    });
    expect(requests).toMatchObject([{ model: 'other', settings: { top: 5 } }]);
    expect(requests[0]?.images).toEqual([
      join(t.home, 'runs', id, 'inputs', 'source', 'cat.png'),
      join(t.home, 'gallery', 'cat-dream.png'),
    ]);
  });

  it('needs a job that there is', async () => {
    const asked = t.studio.service.attackSeenBy({ job: 'none', model: 'other' });
    await expect(asked).rejects.toMatchObject({ code: 'job/unknown' });
  });
});

describe('the transfer matrix', () => {
  /** An engine that measures at once, and keeps what it was asked. */
  function answer(transfer: AttackSetResult['transfer']): RequestOf<'attackSet'>[] {
    const requests: RequestOf<'attackSet'>[] = [];
    // oxlint-disable-next-line typescript/require-await -- as the engine's own
    t.engine.attackSet = async function* (request) {
      requests.push(request);
      yield { kind: 'done', result: { ...measured, transfer } };
    };
    return requests;
  }

  async function reportOf(models: readonly string[]): Promise<TransferReport | undefined> {
    const picture = await t.picture('cat.png');
    const events: JobEvent<TransferReport>[] = [];
    for await (const event of t.studio.service.transfer({ pictures: [picture.id], models, settings }))
      events.push(event);
    const last = events.at(-1);
    return last?.kind === 'done' ? last.result : undefined;
  }

  it('attacks with each network alone, in their order', async () => {
    const fooled = [
      [1, 0],
      [1, 2],
    ];
    const counted = [
      [2, 2],
      [2, 2],
    ];
    const requests = answer({ models: ['other', 'dreamnet'], fooled, counted });
    expect(await reportOf(['other', 'dreamnet'])).toEqual({
      models: ['other', 'dreamnet'],
      fooled,
      counted,
      rows: [],
      robust: null,
      notes: ['A note.'],
    });
    expect(requests).toMatchObject([
      { model: 'other', transfer: ['dreamnet'], labels: null, out: null, settings: { ensemble: null } },
    ]);
    expect(requests[0]?.images.map((path) => basename(path))).toEqual(['cat.png']);
  });

  it('tells of each picture, by its name in the gallery, what broke it', async () => {
    const [seen, then] = [
      { index: 0, label: 'cat', probability: 0.9 },
      { index: 1, label: 'dog', probability: 0.6 },
    ];
    const picture = await t.picture('cat.png');
    const row: AttackSetRow = {
      ...{ image: '', truth: 0, before: seen, after: then, counted: true, success: true },
      ...{ norms: { l0: 9, l2: 5, linf: 2 }, relativeL2: 0.1, queries: null, substitute: null },
      ...{ brokenBy: 'fab-t', views: null, trained: null },
      unrounded: { success: true, l2: 5, linf: 2, relativeL2: 0.1 },
    };
    // oxlint-disable-next-line typescript/require-await -- as the engine's own
    t.engine.attackSet = async function* ({ images: [image = ''] }) {
      const robust = { robust: 0, of: 1, interval: [0, 0.79] } as const;
      yield { kind: 'done', result: { ...measured, rows: [{ ...row, image }], robust, transfer: null } };
    };
    const asked = { pictures: [picture.id], models: ['other'], settings };
    for await (const event of t.studio.service.transfer(asked))
      expect(event).toMatchObject({
        kind: 'done',
        result: {
          rows: [{ picture: picture.id, before: seen, after: then, success: true, brokenBy: 'fab-t' }],
          robust: { robust: 0, of: 1 },
        },
      });
    expect.assertions(1);
  });

  it('of a single network is what it measured', async () => {
    answer(null);
    expect(await reportOf(['other'])).toMatchObject({ models: ['other'], fooled: [[1]], counted: [[2]] });
  });
});

describe('a photo of a print', () => {
  it('is straightened into the gallery and classified', async () => {
    const picture = await t.picture('taken.png');
    const classify = t.engine.classify.bind(t.engine);
    t.engine.classify = async (request) => {
      expect(request.printed).toBe(true);
      const folder = request.straightened ?? '';
      await mkdir(folder, { recursive: true });
      await copyFile(request.images[0] ?? '', join(folder, 'taken-straightened.png'));
      return classify(request);
    };
    const read = await t.studio.service.readPrint({ picture: picture.id, model: 'other', top: 3 });
    expect(read.picture.id).toBe('taken-straightened.png');
    expect(read.classes).toEqual([{ index: 0, label: 'cat', probability: 1 }]);
    await expect(access(join(t.home, 'gallery', 'taken-straightened.png'))).resolves.toBeUndefined();
  });
});
