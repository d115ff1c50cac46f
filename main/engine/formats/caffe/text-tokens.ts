/** The words, numbers, strings and brackets of protobuf's text format. */
import { ReverieError } from '../../../../shared/errors.ts';

export interface Token {
  readonly kind: 'word' | 'string' | 'sign' | 'end';
  /** Strings without their quotes, escapes resolved. */
  readonly text: string;
  readonly line: number;
}

/** Space and comments; a quoted string; a name or number; anything else. */
const PATTERN =
  /(?<space>(?:\s|#[^\n]*)+)|(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<word>[-+.\w]+)|(?<sign>[^])/gu;

/**
 * The tokens of a text, with an `end` behind them.
 * @throws `model/unreadable` for a character that the format does not have, or a string without an end.
 */
export function* tokensOf(text: string): Generator<Token, void> {
  let line = 1;
  for (const { groups = {}, 0: whole } of text.matchAll(PATTERN)) {
    if (groups['word'] !== undefined) yield { kind: 'word', text: whole, line };
    else if (groups['string'] !== undefined)
      yield { kind: 'string', text: unescape(whole.slice(1, -1)), line };
    else if (groups['sign'] !== undefined) {
      if (!'{}<>[]:;,'.includes(whole)) throw problem(line, `has an unexpected ${describe(whole)}`);
      yield { kind: 'sign', text: whole, line };
    }
    line += whole.split('\n').length - 1;
  }
  yield { kind: 'end', text: 'end', line };
}

/** An error about a line; `what` completes a sentence that begins with it. */
export function problem(line: number, what: string): ReverieError {
  return new ReverieError('model/unreadable', `Line ${line} of the prototxt ${what}.`);
}

const describe = (sign: string): string =>
  sign === '"' || sign === "'" ? 'string without an end' : `character "${sign}"`;

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

function unescape(text: string): string {
  return text.replace(/\\(x[\da-fA-F]{1,2}|[0-7]{1,3}|.)/gu, (_, code: string) => {
    if (/^x./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff);
    return ESCAPES[code] ?? code;
  });
}
