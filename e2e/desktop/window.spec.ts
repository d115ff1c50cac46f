/** The window's place and what it remembers: they are kept as they change, so that no death of the program costs them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePhoto } from '../support/photos.ts';
import { expect, test } from './desktop-test.ts';

test('what the window remembers, and where it was, outlive a program that is killed', async ({
  studio,
  desktop,
  folder,
  home,
}) => {
  const kept = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(home, name), 'utf8').catch(() => 'null'));
  const bounds = { x: 60, y: 40, width: 1180, height: 760 };
  await studio.layOnDesk(await writePhoto(join(folder, 'garden.png')));
  await studio.set({ Octaves: '3', Steps: '17' });
  await desktop.app.evaluate(
    ({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds),
    bounds,
  );
  await expect.poll(() => kept('window.json')).toMatchObject({ bounds });
  await expect.poll(() => kept('page.json')).toMatchObject({ workspace: 'dream' });
  await studio.kill();

  await studio.start();
  await expect(studio.page.getByRole('main', { name: 'Dream' })).toBeVisible();
  await expect(studio.page.getByRole('textbox', { name: 'Octaves', exact: true })).toHaveValue('3');
  await expect(studio.page.getByRole('textbox', { name: 'Steps', exact: true })).toHaveValue('17');
  const found = await desktop.app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    return { bounds: window?.getBounds(), visible: window?.isVisible(), smallest: window?.getMinimumSize() };
  });
  expect(found).toEqual({ bounds, visible: true, smallest: [1024, 700] });
});

test('a picture is dragged out of the window as its file, with its thumbnail', async ({
  studio,
  desktop,
  folder,
  home,
}) => {
  await studio.drop(await writePhoto(join(folder, 'garden.png')));
  const dragged = await desktop.app.evaluateHandle(({ BrowserWindow }) => {
    const dragged: unknown[] = [];
    const [window] = BrowserWindow.getAllWindows();
    if (window !== undefined)
      window.webContents.startDrag = ({ file, icon }) =>
        void dragged.push({ file, size: typeof icon === 'string' ? icon : icon.getSize() });
    return dragged;
  });
  await studio.picture('garden').dispatchEvent('dragstart');
  const expected = { file: join(home, 'gallery', 'garden.png'), size: { width: 96, height: 72 } };
  await expect.poll(() => dragged.jsonValue()).toEqual([expected]);
});
