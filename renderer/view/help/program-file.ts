/** Files that the build writes beside the page: what they hold is of the same build as who reads it. */

/** @throws Error where the file is missing or is no JSON */
export async function readProgramFile<Value>(name: string): Promise<Value> {
  const answer = await fetch(name);
  if (!answer.ok) throw new Error(`"${name}" does not lie beside the page.`);
  return (await answer.json()) as Value;
}
