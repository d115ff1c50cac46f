/** What a release says of itself: the section of CHANGELOG.md for its version. */

/**
 * @param tag `v1.2.3`
 * @param version package.json's
 * @param changes text of CHANGELOG.md
 * @returns the section's text without its heading
 * @throws Error when tag, version and changes do not belong together
 */
export function releaseNotes(tag, version, changes) {
  if (tag !== `v${version}`)
    throw new Error(
      `The tag is ${tag || 'missing'}, but package.json says ${version}: the tag has to be v${version}.`,
    );
  const [, ...sections] = changes.split(/^## /m);
  const section = sections.find((text) => text.split('\n', 1)[0].trim().split(/\s/, 1)[0] === version);
  const notes = section?.slice(section.indexOf('\n')).trim() ?? '';
  if (notes === '')
    throw new Error(`CHANGELOG.md says nothing under "## ${version}": write there what is new.`);
  return `${notes}\n`;
}
