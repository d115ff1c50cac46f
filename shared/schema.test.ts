import { describe, expect, it } from 'vitest';
import { check, id, list, object, orNull, text, whole } from './schema.ts';

const schema = object({
  picture: id,
  model: orNull(id),
  count: whole(1),
  nested: object({ names: list(text, 1) }),
});
const good = { picture: 'a.png', count: 2, nested: { names: ['x'] } };

describe('a schema', () => {
  it('gives what it describes, with null for what is absent and without what it does not know', () => {
    expect(check(schema, { ...good, unknown: 1 })).toEqual({ ...good, model: null });
  });

  it.each([
    [undefined, 'The request must be an object of names and values, not undefined.'],
    [{ ...good, picture: '../a' }, 'picture must be an id, not "../a".'],
    [{ ...good, count: 0 }, 'count must be a whole number of at least 1, not 0.'],
    [{ ...good, count: '2' }, 'count must be a whole number of at least 1, not "2".'],
    [{ ...good, nested: { names: [] } }, 'nested.names must be a list of at least 1, not [].'],
    [{ ...good, nested: { names: ['x', 4] } }, 'nested.names.1 must be a text that is not empty, not 4.'],
    [{ count: 2, nested: good.nested }, 'picture is missing.'],
  ])('says in a sentence what is wrong with %j', (value, sentence) => {
    expect(() => check(schema, value)).toThrow(sentence);
  });
});
