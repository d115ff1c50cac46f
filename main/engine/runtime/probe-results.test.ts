import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ProbeResults, machineKey, type ProbeResult } from './probe-results.ts';

const home = mkdtempSync(join(tmpdir(), 'reverie-probes-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const result: ProbeResult = { outcome: 'usable', reason: null, msPerStep: 12.5 };

it('keeps what was found out, device by device, for the same machine', async () => {
  const here = new ProbeResults(home, 'here');
  expect(await here.read('webgpu')).toBeUndefined();
  await here.write('webgpu', result);
  expect(await here.read('webgpu')).toEqual(result);
  expect(await here.read('cpu')).toBeUndefined();
  expect(await new ProbeResults(home, 'elsewhere').read('webgpu')).toBeUndefined();
});

it('reads what was written before it had a number, and nothing of a later format', async () => {
  const stored = { key: 'here', ...result };
  for (const [format, known] of [
    [{}, result],
    [{ format: 2 }, undefined],
  ] as const) {
    writeFileSync(join(home, 'devices', 'cuda.json'), JSON.stringify({ ...format, ...stored }));
    expect(await new ProbeResults(home, 'here').read('cuda')).toEqual(known);
  }
});

it.each(['', '{', '[]', '{"key":"here","outcome":"splendid"}'])('knows nothing from %j', async (text) => {
  writeFileSync(join(home, 'devices', 'cuda.json'), text);
  expect(await new ProbeResults(home, 'here').read('cuda')).toBeUndefined();
});

it('has a key that changes with the drivers that are named', () => {
  const before = machineKey();
  const named = process.env['VK_ICD_FILENAMES'];
  try {
    process.env['VK_ICD_FILENAMES'] = '/a/driver.json';
    expect(machineKey()).not.toBe(before);
  } finally {
    if (named === undefined) delete process.env['VK_ICD_FILENAMES'];
    else process.env['VK_ICD_FILENAMES'] = named;
  }
  expect(machineKey()).toBe(before);
});
