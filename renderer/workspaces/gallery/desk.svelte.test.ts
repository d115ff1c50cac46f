import { describe, expect, it } from 'vitest';
import type { Picture } from '../../../shared/studio/gallery.ts';
import { Selection } from '../../state/selection.svelte.ts';
import { pictureOf } from '../../testing/items.ts';
import { GalleryDesk } from './desk.svelte.ts';

const day = (number: number): number => new Date(2026, 10, number, 12).getTime();

const PICTURES = [
  pictureOf({ id: 'photo 10.png', added: day(1), width: 10, height: 10 }),
  pictureOf({ id: 'Photo 9.png', added: day(3), width: 30, height: 10 }),
  pictureOf({
    ...{ id: 'photo 9-dream.png', added: day(3) + 1, width: 20, height: 10, made: true, method: 'dream' },
    facts: { network: 'dreamnet', source: 'Photo 9.png', layers: ['mixed4c'], words: 'class:goldfish 1234' },
    ...{ stars: 4, label: 'green' },
  }),
  pictureOf({ id: 'zebra.png', added: day(2), made: true, method: null, width: 1, height: 1 }),
];

function deskOf(stored: unknown = null, all: readonly Picture[] = PICTURES) {
  const saved: Record<string, unknown> = { gallery: stored };
  const storage = {
    load: (key: string) => saved[key],
    save: (key: string, value: unknown) => void (saved[key] = JSON.parse(JSON.stringify(value))),
  };
  const selection = new Selection();
  return { desk: new GalleryDesk({ storage, studio: { gallery: all }, selection }), selection, saved };
}

describe('the gallery', () => {
  it.each([
    ['newest', ['photo 9-dream.png', 'Photo 9.png', 'zebra.png', 'photo 10.png']],
    ['oldest', ['photo 10.png', 'zebra.png', 'Photo 9.png', 'photo 9-dream.png']],
    ['name', ['Photo 9.png', 'photo 9-dream.png', 'photo 10.png', 'zebra.png']],
    ['kind', ['Photo 9.png', 'photo 10.png', 'photo 9-dream.png', 'zebra.png']],
    ['largest', ['Photo 9.png', 'photo 9-dream.png', 'photo 10.png', 'zebra.png']],
    ['smallest', ['zebra.png', 'photo 10.png', 'photo 9-dream.png', 'Photo 9.png']],
  ] as const)('shows the %s', (order, ids) => {
    const { desk } = deskOf();
    desk.change({ order });
    expect(desk.ids).toEqual(ids);
  });

  it('finds every word, in names and kinds, whatever their case', () => {
    const { desk } = deskOf();
    desk.search = '  PHOTO 9 ';
    expect(desk.ids).toEqual(['photo 9-dream.png', 'Photo 9.png']);
    desk.search = 'photo dreams';
    expect(desk.ids).toEqual(['photo 9-dream.png']);
    desk.search = 'nothing like that';
    expect(desk.ids).toEqual([]);
    desk.showAll();
    expect(desk.ids).toHaveLength(4);
  });

  it('shows one kind, and counts what it is narrowed by', () => {
    const { desk } = deskOf();
    desk.filter({ kind: 'photo' });
    expect(desk.ids).toEqual(['Photo 9.png', 'photo 10.png']);
    expect(desk.filters).toBe(1);
    desk.filter({ kind: 'other' });
    expect(desk.ids).toEqual(['zebra.png']);
  });

  it('finds recipes by their layers, classes and networks, and by the photo', () => {
    const { desk } = deskOf();
    for (const words of ['goldfish', 'Mixed4c', 'dreamnet photo 9']) {
      desk.search = words;
      expect(desk.ids).toEqual(['photo 9-dream.png']);
    }
  });

  it.each([
    [{ network: 'dreamnet' }, 1],
    [{ network: 'dreamnet', layer: 'mixed3b' }, 0],
    [{ layer: 'mixed4c', stars: 4, label: 'green' }, 1],
    [{ stars: 5 }, 0],
    [{ label: 'red' }, 0],
  ] as const)('filters by %j', (filter, count) => {
    const { desk } = deskOf();
    desk.filter(filter);
    expect(desk.ids).toHaveLength(count);
    expect(desk.named).toEqual({ networks: ['dreamnet'], layers: ['mixed4c'] });
  });

  it('groups by the photo that pictures grew out of', () => {
    const { desk } = deskOf();
    desk.change({ grouping: 'source' });
    expect(desk.sections.map(({ title, pictures }) => [title, pictures.length])).toEqual([
      ['Photo 9', 2],
      ['zebra', 1],
      ['photo 10', 1],
    ]);
  });

  it('groups by day, the newest first', () => {
    const { desk } = deskOf();
    desk.change({ grouping: 'day', order: 'name' });
    expect(desk.sections.map(({ pictures }) => pictures.map(({ id }) => id))).toEqual([
      ['Photo 9.png', 'photo 9-dream.png'],
      ['zebra.png'],
      ['photo 10.png'],
    ]);
    expect(desk.sections[0]?.title).toMatch(/2026/);
    desk.change({ order: 'oldest' });
    expect(desk.ids[0]).toBe('photo 10.png');
  });

  it('chooses nothing that is out of sight', () => {
    const { desk, selection } = deskOf();
    selection.all(desk.ids);
    desk.search = 'zebra';
    expect(desk.chosen).toEqual(['zebra.png']);
  });

  it('is looked at as it was left, and what does not fit is left out', () => {
    const { desk, saved } = deskOf();
    desk.change({ names: true, order: 'largest', grouping: 'day' });
    desk.filter({ kind: 'dream', stars: 2, label: 'blue', network: 'a', layer: 'b' });
    desk.enlarge(2);
    expect(deskOf(saved['gallery']).desk.view).toEqual(desk.view);
    const odd = deskOf({
      tile: 1e9,
      names: 1,
      order: 'by taste',
      grouping: null,
      filter: { kind: 'toString' },
    });
    expect(odd.desk.view).toEqual(deskOf().desk.view);
  });

  it('has tiles of a least and a greatest size', () => {
    const { desk } = deskOf();
    desk.enlarge(-1000);
    expect(desk.view.tile).toBe(5);
    desk.enlarge(1000);
    expect(desk.view.tile).toBe(24);
  });
});

describe('ten thousand pictures', () => {
  const many = Array.from({ length: 10_000 }, (_, at) =>
    pictureOf({ id: `photo ${at}.png`, added: day(1) + at * 60_000 }),
  );

  it('are ordered and found', () => {
    const { desk } = deskOf(null, many);
    expect(desk.ids).toHaveLength(10_000);
    desk.search = '99';
    const all = many.filter(({ id }) => id.includes('99')).length;
    expect(desk.ids).toHaveLength(all);
    desk.search = '9999';
    expect(desk.ids).toEqual(['photo 9999.png']);
  });
});
