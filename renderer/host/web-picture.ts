/**
 * Pictures that are dragged or copied out of web pages. What the browser hands over is taken; what is only an address is not fetched,
 * because nobody is contacted unasked.
 */

/** What came instead of files: pictures that an address holds itself, and addresses that only say where one is. */
export interface FromPage {
  readonly files: readonly File[];
  /** For people: the last part of each address. */
  readonly addresses: readonly string[];
}

/** Kinds of drags that carry addresses. */
const CARRIERS = ['text/uri-list', 'text/html', 'text/x-moz-url'];

/** Whether a drag or a clipboard holds something of a page. */
export const isFromPage = ({ types }: DataTransfer): boolean => CARRIERS.some((type) => types.includes(type));

/** To be called within the event, after which the data is gone. */
export function fromPage(transfer: DataTransfer): FromPage {
  const listed = transfer
    .getData('text/uri-list')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  // The picture itself, rather than what it links to.
  const shown = pictureOf(transfer.getData('text/html'));
  const found = shown === null ? listed : [shown];
  const files = found.flatMap((address) => heldBy(address) ?? []);
  const addresses = files.length > 0 ? [] : [...new Set(found)].map(lastPart);
  return { files, addresses };
}

function pictureOf(html: string): string | null {
  if (html === '') return null;
  return new DOMParser().parseFromString(html, 'text/html').querySelector('img')?.getAttribute('src') ?? null;
}

/** The picture that a data address holds; undefined for any other address. */
function heldBy(address: string): File | undefined {
  const [, type = '', base64, content = ''] =
    /^data:(image\/[\w.+-]+)[^,]*?(;base64)?,(.*)$/s.exec(address) ?? [];
  if (type === '') return undefined;
  const name = `picture.${type.slice('image/'.length).replace(/\+.*$/, '')}`;
  try {
    const text = decodeURIComponent(content);
    const bytes = base64 === undefined ? text : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return new File([bytes], name, { type });
  } catch {
    return undefined;
  }
}

/** `cat.jpg` of `https://example.org/pets/cat.jpg?large`, else whose page it is. */
function lastPart(address: string): string {
  if (address.startsWith('data:')) return 'The picture';
  try {
    const { pathname, host } = new URL(address);
    const part = pathname.split('/').findLast((each) => each !== '') ?? host;
    return decodeURIComponent(part).slice(0, 60);
  } catch {
    // Neither an address nor what is escaped in it need be well-formed.
    return address.slice(0, 60);
  }
}
