/** Help: what is new, what this is, what it contains, and what to send when something goes wrong. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from '@playwright/test';
import { expect, test } from './support/test.ts';

test('tells of the program, of its licences and of what is new', async ({ studio }) => {
  const { page } = studio;
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Help' });
  await expect(help.getByRole('tab', { name: 'Keyboard', selected: true })).toBeVisible();
  await help.getByRole('tab', { name: 'Keyboard' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(help.getByRole('region', { name: /^Reverie \d/ }).first()).toBeVisible();
  await page.keyboard.press('ArrowRight');
  for (const fact of ['ONNX Runtime', 'Node', 'System', 'Processor', 'Window', 'Folder'])
    await expect(help.getByText(fact, { exact: true })).toBeVisible();
  await page.keyboard.press('ArrowRight');
  const licences = help.getByRole('list', { name: 'Licences' });
  for (const name of [/^Reverie \d/, /^dreamnet/, /^onnxruntime-/, /^svelte \d/, /^mediabunny \d/])
    await expect(licences.getByText(name).first()).toBeVisible();
  await licences.getByText(/^mediabunny \d/).click();
  await expect(licences.getByText('Mozilla Public License Version 2.0').first()).toBeVisible();
});

test('shows the log, and collects a report that can be changed and copied', async ({ studio, folder }) => {
  const { page } = studio;
  const damaged = join(folder, 'Anna at the sea.png');
  await writeFile(damaged, 'no picture');
  await studio.drop(damaged);
  await expect(studio.refusals).toHaveCount(1);
  await page.getByRole('button', { name: 'Help' }).click();
  const help = page.getByRole('dialog', { name: 'Help' });
  await help.getByRole('tab', { name: 'Log' }).click();
  const log = help.getByRole('textbox', { name: 'The log' });
  await expect(log).toHaveValue(/program {2}The .* starts\.\n/);
  await expect(log).toHaveValue(/"\*\.png" was refused: "\*\.png" cannot be opened/);
  await expect(log).not.toHaveValue(/Anna/);

  await help.getByRole('tab', { name: 'Report a problem' }).click();
  const report = help.getByRole('textbox', { name: 'The report' });
  await expect(report).toHaveValue(/^## What happened[^]*## The end of the log\n\n\d{4}-/);
  await report.press('Control+Home');
  await page.keyboard.type('It went dark. ');
  await help.getByRole('tab', { name: 'Log' }).click();
  await help.getByRole('tab', { name: 'Report a problem' }).click();
  await expect(report).toHaveValue(/^It went dark\. ## What happened/);
  await help.getByRole('button', { name: 'Copy all' }).click();
  await expect(help.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await selectionOf(report)).toMatch(/^It went dark\. /);
});

test('an update is told of, once', async ({ studio, home, door }) => {
  const settings = join(home, 'settings.json');
  const help = (): Locator => studio.page.getByRole('dialog', { name: 'Help' });
  const startAgain = async (): Promise<void> => {
    await studio.start();
    if (door === 'browser') await studio.page.reload();
    await expect(studio.navigation.first()).toBeVisible();
  };
  await expect.poll(() => seenIn(settings)).toMatch(/^\d+\.\d+\.\d+$/);
  const version = await seenIn(settings);
  await expect(help()).toBeHidden();
  await studio.quit();
  await writeFile(settings, JSON.stringify({ seenVersion: '0.0.1' }));
  await startAgain();
  await expect(help().getByRole('tab', { name: 'What is new', selected: true })).toBeVisible();
  await expect.poll(() => seenIn(settings)).toBe(version);
  await help().getByRole('button', { name: 'Close' }).click();
  await studio.quit();
  await startAgain();
  await expect(studio.page.getByText('Opening the studio…')).toBeHidden();
  await expect(help()).toBeHidden();
});

async function seenIn(path: string): Promise<unknown> {
  const settings: unknown = JSON.parse(await readFile(path, 'utf8').catch(() => '{}'));
  return Reflect.get(Object(settings) as object, 'seenVersion');
}

function selectionOf(box: Locator): Promise<string> {
  return box.evaluate((element) =>
    element instanceof HTMLTextAreaElement
      ? element.value.slice(element.selectionStart, element.selectionEnd)
      : '',
  );
}
