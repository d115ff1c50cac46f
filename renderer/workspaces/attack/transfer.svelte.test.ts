import type { StudioRequest } from '../../../shared/studio/contract.ts';
import { describe, expect, it } from 'vitest';
import { ReverieError } from '../../../shared/errors.ts';
import type { JobEvent, Step } from '../../../shared/jobs.ts';
import { attack } from '../../../shared/recipes/attack.ts';
import { defaultsOf } from '../../../shared/recipes/fields.ts';
import type { TransferReport } from '../../../shared/studio/attack.ts';
import { Transfer, transferCsv } from './transfer.svelte.ts';

const settings = defaultsOf(attack);
const report: TransferReport = {
  models: ['a', 'b, the "second"'],
  fooled: [
    [2, 1],
    [0, 2],
  ],
  counted: [
    [2, 2],
    [1, 2],
  ],
  rows: [],
  robust: null,
  notes: [],
};

const step = (n: number): Step => ({ kind: 'step', step: n, of: 4, ms: 1 });

/** A studio whose streams give these events, waiting where they are told to, and that tells who asked for what and who left. */
function studioOf(...events: (JobEvent<TransferReport> | ReverieError | Promise<void>)[]) {
  const asked: StudioRequest<'transfer'>[] = [];
  const left: number[] = [];
  async function* stream(
    request: StudioRequest<'transfer'>,
  ): AsyncGenerator<JobEvent<TransferReport>, void, undefined> {
    const number = asked.push(request);
    try {
      for (const event of events) {
        if (event instanceof ReverieError) throw event;
        if (event instanceof Promise) await event;
        else yield event;
      }
    } finally {
      left.push(number);
    }
  }
  return { asked, left, studio: { transfer: stream } };
}

describe('the transfer matrix', () => {
  it('asks for what was chosen, and ends with the counts', async () => {
    const { asked, studio } = studioOf(step(1), step(2), { kind: 'done', result: report });
    const transfer = new Transfer(studio);
    transfer.choosePicture('x.png', true);
    transfer.choosePicture('y.png', true);
    transfer.choosePicture('x.png', false);
    transfer.chooseModel('a', true);
    transfer.chooseModel('b', true);
    const running = transfer.run(settings);
    expect(transfer.progress).toEqual({ step: 0, of: 2 });
    await running;
    expect(asked).toEqual([{ pictures: ['y.png'], models: ['a', 'b'], settings }]);
    expect(transfer).toMatchObject({ busy: false, error: null, report });
  });

  it('stops when it is told to, and keeps what there was', async () => {
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const { left, studio } = studioOf(step(1), gate, step(2), { kind: 'done', result: report });
    const transfer = new Transfer(studio);
    const running = transfer.run(settings);
    await expect.poll(() => transfer.progress).toEqual({ step: 1, of: 4 });
    transfer.stop();
    expect(transfer.busy).toBe(false);
    go();
    await running;
    expect(left).toEqual([1]);
    expect(transfer).toMatchObject({ busy: false, report: undefined, error: null });
  });

  it('tells why there is none', async () => {
    const { studio } = studioOf(step(1), new ReverieError('image/missing', 'It is gone.'));
    const transfer = new Transfer(studio);
    await transfer.run(settings);
    expect(transfer).toMatchObject({ busy: false, error: 'It is gone.', report: undefined });
  });

  it('is a table for other programs', () => {
    expect(transferCsv(report).split('\r\n')).toEqual([
      'made against,seen by,fooled,counted',
      'a,a,2,2',
      'a,"b, the ""second""",1,2',
      '"b, the ""second""",a,0,1',
      '"b, the ""second""","b, the ""second""",2,2',
      '',
    ]);
  });
});
