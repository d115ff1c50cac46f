/** What help and forms say about the attacks, from their table. Attacks are named as settings name them. */
import { attackNames, attacks, families, type Attack, type OwnSetting } from './registry.ts';

/** The published ε of each norm, in pixel units. */
export const EPSILON = { linf: 8 / 255, l2: 3 } as const;

/** `a, b and c`. */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** The attacks that read a setting. */
export const readersOf = (setting: OwnSetting): string =>
  listed(attackNames.filter((name) => attacks[name].settings.includes(setting)));

/** The attacks by what is said of them, in the order of their first; `undefined` where there is nothing to say. */
function byPhrase<Phrase>(phraseOf: (attack: Attack) => Phrase | undefined): Map<Phrase, string[]> {
  const groups = new Map<Phrase, string[]>();
  for (const name of attackNames) {
    const phrase = phraseOf(attacks[name]);
    if (phrase !== undefined) groups.set(phrase, [...(groups.get(phrase) ?? []), name]);
  }
  return groups;
}

/** `10, 1 for fgsm, 40 for eot`: what holds for most comes first, without their names. */
function usually(phraseOf: (attack: Attack) => string | undefined): string {
  const groups = [...byPhrase(phraseOf)];
  const most = Math.max(...groups.map(([, names]) => names.length));
  const [usual] = groups.find(([, names]) => names.length === most) ?? [];
  const others = groups.filter(([phrase]) => phrase !== usual);
  return [usual, ...others.map(([phrase, names]) => `${phrase} for ${listed(names)}`)].join(', ');
}

/** What each attack is after. */
export function purposes(): string {
  const family = [...byPhrase(({ family: own, does }) => (does === undefined ? own : undefined))].map(
    ([own, names]) => `${listed(names)} ${names.length === 1 ? families[own].one : families[own].several}`,
  );
  const own = [...byPhrase(({ does }) => does)].map(([does, names]) => `${listed(names)} ${does}`);
  return [...family, ...own].join('; ');
}

export const usualNorms = (): string => usually(({ norms: [norm] }) => norm);

export const usualSteps = (): string =>
  usually(({ defaults: { steps } }) => {
    if (steps === undefined) return undefined;
    const { usual, targeted, anywhere } = steps;
    const others = [
      ...(targeted === undefined ? [] : [`${targeted} towards a target`]),
      ...(anywhere === undefined ? [] : [`${anywhere} where it works anywhere`]),
    ];
    return [`${usual}`, ...others.map((other) => `(${other})`)].join(' ');
  });

const SHARES: ReadonlyMap<number, string> = new Map([
  [1, 'all of ε'],
  [1 / 2, 'half of ε'],
  [1 / 4, 'a quarter of ε'],
  [1 / 8, 'an eighth of ε'],
]);

export const usualStep = (): string =>
  usually(({ defaults: { step } }) => {
    if (step === undefined) return undefined;
    return 'size' in step ? String(step.size) : (SHARES.get(step.ofEpsilon) ?? `${step.ofEpsilon} ε`);
  });

export const usualFresh = (): string =>
  [...byPhrase(({ defaults: { fresh } }) => fresh)]
    .map(([fresh, names]) => `${fresh} for ${listed(names)}, `)
    .join('') + 'else none';
