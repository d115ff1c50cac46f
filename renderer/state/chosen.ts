/** Several things that are chosen, in the order in which they were. */
export function chosen(list: readonly string[], item: string, wanted: boolean): readonly string[] {
  const others = list.filter((each) => each !== item);
  return wanted ? [...others, item] : others;
}
