/** CHANGELOG.md as the window shows it: what is new in each version. */

/**
 * @returns {{ version: string, items: string[] }[]} newest first, as in the file; items on one line each, with `code` as it is
 * @throws on lines that belong to no item of a version
 */
export function newsIn(changelog) {
  const news = [];
  for (const line of changelog.split(/\r?\n/)) {
    const version = /^## \[?(\d+\.\d+\.\d+[^\]\s]*)/.exec(line)?.[1];
    const items = news.at(-1)?.items;
    const [, item] = /^[-*] (.*)/.exec(line) ?? [];
    if (version !== undefined) news.push({ version, items: [] });
    else if (line.trim() === '' || /^# /.test(line)) continue;
    else if (items === undefined) throw new Error(`CHANGELOG.md has "${line}" before its first version.`);
    else if (item !== undefined) items.push(item.trim());
    else if (items.length > 0 && /^\s/.test(line)) items.push(`${items.pop()} ${line.trim()}`);
    else throw new Error(`CHANGELOG.md has "${line}", which is part of no item.`);
  }
  return news;
}
