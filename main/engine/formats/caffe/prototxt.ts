/**
 * Networks in protobuf's text format (`deploy.prototxt`) → the same messages as those of a binary file. Fields that the
 * schema does not declare are read over, whatever they hold.
 */
import protobuf from 'protobufjs/light.js';
import { ReverieError } from '../../../../shared/errors.ts';
import type { NetParameter } from './messages.ts';
import { netType } from './schema.ts';
import { problem, tokensOf, type Token } from './text-tokens.ts';

/** No network nests deeper than five; a text that does is not one. */
const DEEPEST = 32;

/** The longest text that is read, in characters: ten times that of a network of a thousand layers. */
const LONGEST = 4 * 2 ** 20;

/** What comes first in such a text, once comments are gone. */
const BEGINNING =
  /^(?:\s|#[^\n]*\n)*(?:name|input|input_dim|input_shape|force_backward|debug_info|state|layers?)\s*[:{]/u;

/** Whether a text describes a network for Caffe. */
export function looksLikePrototxt(text: string): boolean {
  return BEGINNING.test(text) && /(?:^|[\s}])layers?\s*:?\s*[{<]/u.test(text);
}

/**
 * The network that a text describes, without weights.
 * @throws `model/unreadable`, naming the line; `model/unsupported` for a text that is too long
 */
export function parsePrototxt(text: string): NetParameter {
  if (text.length > LONGEST)
    throw new ReverieError(
      'model/unsupported',
      `The prototxt is ${text.length} characters long; up to ${LONGEST} are read.`,
    );
  const tokens = new Tokens(text);
  const plain: object = message(tokens, netType, 'end', 0);
  return plain;
}

/** A text read from its beginning, one token ahead. */
class Tokens {
  readonly #source: Generator<Token, void>;
  #next: Token;

  constructor(text: string) {
    this.#source = tokensOf(text);
    this.#next = this.#read();
  }

  get next(): Token {
    return this.#next;
  }

  take(): Token {
    const token = this.#next;
    if (token.kind !== 'end') this.#next = this.#read();
    return token;
  }

  /** Takes the next token if it is this sign. */
  skip(sign: string): boolean {
    const found = this.#next.kind === 'sign' && this.#next.text === sign;
    if (found) this.take();
    return found;
  }

  #read(): Token {
    const { value } = this.#source.next();
    return value ?? { kind: 'end', text: 'end', line: 0 };
  }
}

const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The fields of a message up to `closing`, which is taken. `type` is null where nothing about it is known. */
function message(
  tokens: Tokens,
  type: protobuf.Type | null,
  closing: string,
  depth: number,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (;;) {
    const token = tokens.take();
    if (token.text === closing && token.kind !== 'string') return result;
    if (token.kind !== 'word' || depth > DEEPEST) {
      const what =
        depth > DEEPEST ? 'nests deeper than any network' : `has "${token.text}" where a field should be`;
      throw problem(token.line, token.kind === 'end' ? `ends before "${closing}"` : what);
    }
    const name = camelCase(token.text);
    const field = type !== null && Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    const colon = tokens.skip(':');
    const values = tokens.skip('[') ? listed(tokens, field, depth) : [value(tokens, field, depth, colon)];
    if (!tokens.skip(',')) tokens.skip(';');
    if (field === undefined || field.type === 'bytes') continue;
    const before = result[name];
    if (!field.repeated) result[name] = values.at(-1);
    else if (!Array.isArray(before)) result[name] = values;
    else for (const one of values) before.push(one);
  }
}

/** The values of `[a, b, c]` behind the opening bracket. */
function listed(tokens: Tokens, field: protobuf.Field | undefined, depth: number): unknown[] {
  const values: unknown[] = [];
  while (!tokens.skip(']')) {
    values.push(value(tokens, field, depth, true));
    if (!tokens.skip(',') && tokens.next.text !== ']')
      throw problem(tokens.next.line, `has "${tokens.next.text}" where "," or "]" should be`);
  }
  return values;
}

function value(tokens: Tokens, field: protobuf.Field | undefined, depth: number, colon: boolean): unknown {
  const token = tokens.take();
  const type = field?.resolvedType instanceof protobuf.Type ? field.resolvedType : null;
  const closing = token.kind === 'sign' ? { '{': '}', '<': '>' }[token.text] : undefined;
  if (closing !== undefined) {
    if (field !== undefined && type === null && field.type !== 'bytes')
      throw problem(token.line, `has a message where "${field.name}" needs a single value`);
    return message(tokens, type, closing, depth + 1);
  }
  if (!colon || token.kind === 'sign' || token.kind === 'end')
    throw problem(token.line, `has "${token.text}" where ":" and a value should be`);
  if (type !== null) throw problem(token.line, `has "${token.text}" where "{" should be`);
  if (token.kind === 'string') return text(tokens, token, field);
  return field === undefined ? token.text : scalar(token, field);
}

/** Strings that follow each other are one. */
function text(tokens: Tokens, first: Token, field: protobuf.Field | undefined): string {
  if (field !== undefined && field.type !== 'string' && field.type !== 'bytes')
    throw problem(first.line, `has the text "${first.text}" where a number or word should be`);
  let joined = first.text;
  while (tokens.next.kind === 'string') joined += tokens.take().text;
  return joined;
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  t: true,
  True: true,
  1: true,
  false: false,
  f: false,
  False: false,
  0: false, // prettier-ignore
};

function scalar({ text, line }: Token, { type, resolvedType }: protobuf.Field): unknown {
  if (resolvedType instanceof protobuf.Enum) {
    const word = resolvedType.valuesById[Number(text)] ?? text;
    // Layer types may be those of a branch of Caffe: they are told apart when the network is put together.
    if (resolvedType.name !== 'LayerType' && !Object.hasOwn(resolvedType.values, word))
      throw problem(
        line,
        `has "${text}" where one of ${Object.keys(resolvedType.values).join(', ')} should be`,
      );
    return word;
  }
  if (type === 'bool') {
    const truth = Object.hasOwn(BOOLEANS, text) ? BOOLEANS[text] : undefined;
    return truth ?? wrong(line, text, 'true or false');
  }
  if (type === 'float') return real(text) ?? wrong(line, text, 'a number');
  if (type === 'string' || type === 'bytes') return wrong(line, text, 'a text in quotes');
  const number = Number(text);
  const least = type === 'uint32' ? 0 : -(2 ** 31);
  const fits = Number.isInteger(number) && number >= least && number < 2 ** 32;
  return fits ? number : wrong(line, text, least === 0 ? 'a whole number from 0' : 'a whole number');
}

function real(text: string): number | undefined {
  const special: Readonly<Record<string, number>> = { inf: Infinity, '-inf': -Infinity, nan: NaN };
  if (Object.hasOwn(special, text.toLowerCase())) return special[text.toLowerCase()];
  const number = Number(/^[-+]?(?:\d|\.\d)[^x]*f$/iu.test(text) ? text.slice(0, -1) : text);
  return Number.isNaN(number) ? undefined : number;
}

function wrong(line: number, text: string, wanted: string): never {
  throw problem(line, `has "${text}" where ${wanted} should be`);
}
