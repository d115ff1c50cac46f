/** What follows from the table of attacks: words, and the documentation. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { attack, type AttackSettings } from '../recipes/attack.ts';
import { defaultsOf } from '../recipes/fields.ts';
import { attackNames, attacks, families, reads } from './registry.ts';
import { freshViewsOf, relevant, worksAnywhere } from './settings.ts';

const settings = (given: Partial<AttackSettings>): AttackSettings => ({ ...defaultsOf(attack), ...given });

describe('the words about attacks', () => {
  it('say what each is after', () => {
    expect(attack.method.help).toBe(
      'fgsm, bim, pgd, mi-fgsm, apgd and standard stay within ε; deepfool, cw and fab look for the smallest change; square, nes, rays and substitute know only answers; eot withstands transforms; patch changes one part without bound',
    );
  });

  it.each([
    ['norm', 'linf, l2 for deepfool and cw'],
    ['eps', '8/255 in linf, 3 in l2'],
    ['step', 'a quarter of ε, all of ε for fgsm, an eighth of ε for substitute, 0.05 for patch'],
    [
      'steps',
      '10 (40 towards a target), 1 for fgsm, 100 for apgd, cw and fab, 50 for deepfool, 20 for substitute, 40 for eot, 60 (150 where it works anywhere) for patch',
    ],
    ['fresh', '100 for eot and patch, else none'],
  ] as const)('say what an automatic %s is', (key, words) => {
    expect(attack[key].auto).toBe(words);
  });

  it('name who reads a setting', () => {
    expect(attack.queries.help).toContain('square, nes, rays and substitute');
    expect(attack.restarts.help).toContain('pgd, apgd and eot');
  });
});

describe('an entry of the table', () => {
  it.each(attackNames)('of %s is consistent', (name) => {
    const { norms, defaults, settings: own } = attacks[name];
    const has = (setting: (typeof own)[number]): boolean => own.includes(setting);
    expect(new Set(own).size).toBe(own.length);
    // A bound needs a norm, a choice of norms more than one, and what is read needs a default.
    expect(has('eps')).toBe(norms.length > 0 && attacks[name].family !== 'smallest');
    expect(has('norm')).toBe(norms.length > 1);
    expect(has('step')).toBe(defaults.step !== undefined);
    expect(has('steps')).toBe(defaults.steps !== undefined);
    expect(has('queries')).toBe(attacks[name].access !== 'gradients');
  });
});

describe('settings', () => {
  it('of all attacks are read by each, its own by it alone', () => {
    for (const name of attackNames) expect(reads(name, 'seed') && reads(name, 'fresh')).toBe(true);
    expect(attackNames.filter((name) => reads(name, 'confidence'))).toEqual(['cw']);
  });

  it('that an attack does not read are as nobody had set them', () => {
    const given = settings({ method: 'square', steps: 7, eps: 0.1, placement: 'anywhere', seed: 3 });
    expect(relevant(given)).toEqual(settings({ method: 'square', eps: 0.1, seed: 3 }));
  });

  it('say whether a patch works anywhere, and how many fresh views there are', () => {
    expect(worksAnywhere(settings({ method: 'patch', placement: 'anywhere' }))).toBe(true);
    expect(worksAnywhere(settings({ method: 'patch' }))).toBe(false);
    expect(worksAnywhere(settings({ method: 'pgd', placement: 'anywhere' }))).toBe(false);
    expect(freshViewsOf(settings({ method: 'eot' }))).toBe(100);
    expect(freshViewsOf(settings({ method: 'eot', fresh: 0 }))).toBe(0);
    expect(freshViewsOf(settings({}))).toBe(0);
    expect(freshViewsOf(settings({}), true)).toBe(100);
  });
});

const ASKED = { gradients: 'its gradients', probabilities: 'probabilities', label: 'the likeliest class' };
const NORMS = { linf: 'L∞', l2: 'L2' };
const BEGIN =
  '<!-- The table is made from shared/attacks/registry.ts: npx vitest run shared/attacks --update -->\n';
const END = '<!-- end of the table -->';

it('stand in docs/attacks.md', async () => {
  const path = join(import.meta.dirname, '../../docs/attacks.md');
  const [before = '', rest = ''] = (await readFile(path, 'utf8')).split(BEGIN);
  const after = rest.slice(rest.indexOf(END));
  const rows = attackNames.map((name) => {
    const { family, access, norms, definition, publication } = attacks[name];
    const measured = norms.map((norm) => NORMS[norm]).join(', ') || 'no bound';
    return [`\`${name}\``, families[family].title, ASKED[access], measured, definition, publication];
  });
  const head = ['method', 'family', 'asks for', 'norm', 'what it does', 'publication'];
  const table = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
  const options = { ...(await resolveConfig(path)), parser: 'markdown' } as const;
  const text = await format(`${before}${BEGIN}\n${table}\n\n${after}`, options);
  await expect(text).toMatchFileSnapshot(path);
});
