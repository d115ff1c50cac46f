import { describe, expect, it } from 'vitest';
import { formatObjective, parseObjective, type Target } from './targets.ts';

const one = (target: Target, weight = 1) => [{ target, weight }];

describe('an objective as text', () => {
  it.each([
    ['layer:mixed4c', one({ kind: 'layer', layer: 'mixed4c' })],
    ['channel:inception_4c/output/11', one({ kind: 'channel', layer: 'inception_4c/output', channel: 11 })],
    ['neuron:mixed4a/3', one({ kind: 'neuron', layer: 'mixed4a', channel: 3, at: null })],
    ['neuron:mixed4a/3@5,7', one({ kind: 'neuron', layer: 'mixed4a', channel: 3, at: { x: 5, y: 7 } })],
    ['class:golden retriever', one({ kind: 'class', name: 'golden retriever' })],
    ['class:207*-2', one({ kind: 'class', name: '207' }, -2)],
    ['direction:a/b/d.npy', one({ kind: 'direction', layer: 'a/b', file: 'd.npy' })],
    ['direction:a/b//tmp/d.npy', one({ kind: 'direction', layer: 'a/b', file: '/tmp/d.npy' })],
    ['direction:a/./in/d.npy', one({ kind: 'direction', layer: 'a', file: './in/d.npy' })],
    [
      'channel:mixed4a/11 class:tiger cat*0.5 layer:pool*-1',
      [
        ...one({ kind: 'channel', layer: 'mixed4a', channel: 11 }),
        ...one({ kind: 'class', name: 'tiger cat' }, 0.5),
        ...one({ kind: 'layer', layer: 'pool' }, -1),
      ],
    ],
  ])('reads and writes %s', (text, targets) => {
    expect(parseObjective(text)).toEqual(targets);
    expect(formatObjective(targets)).toBe(text);
  });

  it('leaves out a weight of 1 and needless blanks', () => {
    expect(formatObjective(parseObjective('  channel:a/1*1   channel:a/2 * 0.5 '))).toBe(
      'channel:a/1 channel:a/2*0.5',
    );
  });

  it.each([
    '',
    'tiger',
    'channel:mixed4a',
    'neuron:a/1@2',
    'layer:',
    'class:1*x',
    'class:1*',
    'direction:a/b',
  ])('refuses "%s"', (text) => {
    expect(() => parseObjective(text)).toThrow(expect.objectContaining({ code: 'usage/option' }));
  });
});
