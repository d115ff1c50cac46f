/** Pictures out of web pages: what the browser hands over is taken, and an address alone is told what to do about, without asking anybody. */
import { paint } from './support/photos.ts';
import { expect, test } from './support/test.ts';
import type { Studio } from './support/studio.ts';

const ADDRESS = 'https://pets.example/cats/grey%20cat.jpg?size=large';

interface Dragged {
  readonly data?: Readonly<Record<string, string>>;
  /** In base64, and what it is called. */
  readonly file?: readonly [content: string, name: string, type: string];
}

/** A drag over the page with what a browser puts into it. @returns whether the page took each event to itself */
const drag = (studio: Studio, dragged: Dragged, over = 'main') =>
  studio.page.evaluate(
    ([{ data = {}, file }, selector]) => {
      const dataTransfer = new DataTransfer();
      for (const [type, value] of Object.entries(data)) dataTransfer.setData(type, value);
      if (file !== undefined) {
        const [content, name, type] = file;
        const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
        dataTransfer.items.add(new File([bytes], name, { type }));
      }
      const target = document.querySelector(selector) ?? document.body;
      return ['dragenter', 'dragover', 'drop'].map(
        (name) =>
          !target.dispatchEvent(new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true })),
      );
    },
    [dragged, over] as const,
  );

const png = async (): Promise<string> => (await paint(60, 40).png().toBuffer()).toString('base64');

test('an address alone is not fetched: it is said what to do, and the page stays', async ({ studio }) => {
  const asked: string[] = [];
  studio.page.on('request', (request) => asked.push(request.url()));
  const before = studio.page.url();
  for (const data of [
    { 'text/uri-list': `# from a page\r\n${ADDRESS}\r\n`, 'text/plain': ADDRESS },
    {
      'text/html': `<a href="https://pets.example/"><img src="${ADDRESS}"></a>`,
      'text/uri-list': 'https://pets.example/',
    },
    { 'text/uri-list': 'blob:https://pets.example/0f0c' },
  ])
    expect(await drag(studio, { data })).toEqual([false, true, true]);
  await expect(studio.refusals).toHaveCount(3);
  await expect(studio.refusals.first()).toContainText(
    'grey cat.jpg: a picture of a web page comes as an address',
  );
  await expect(studio.refusals.nth(1)).toContainText('grey cat.jpg');
  await expect(studio.refusals.first()).toContainText('save the picture there first');
  expect(studio.page.url()).toBe(before);
  expect(asked.filter((url) => url.includes('pets.example'))).toEqual([]);
});

test('the bitmap of the browser is taken, whatever address comes with it', async ({ studio }) => {
  const data = { 'text/uri-list': ADDRESS, 'text/html': `<img src="${ADDRESS}">` };
  await drag(studio, { data, file: [await png(), 'grey cat.png', 'image/png'] });
  await expect(studio.picture('grey cat')).toHaveAccessibleName('grey cat 60 × 40');
  await expect(studio.refusals).toHaveCount(0);
});

test('a picture that its address holds itself is taken', async ({ studio }) => {
  await drag(studio, { data: { 'text/html': `<img alt="" src="data:image/png;base64,${await png()}">` } });
  await expect(studio.pictures).toHaveCount(1);
  await drag(studio, { data: { 'text/uri-list': 'data:image/png;base64,bm90IGEgcGljdHVyZQ==' } });
  await expect(studio.refusals).toHaveCount(1);
});

test('words are left to where one writes', async ({ studio }) => {
  expect(await drag(studio, { data: { 'text/plain': 'a cat' } })).toEqual([false, false, false]);
  await expect(studio.refusals).toHaveCount(0);
});
