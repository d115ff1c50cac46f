/** The command line from its words to what it prints, over one engine for all tests. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from './command-line.ts';
import { openEngine, type OpenEngine } from './engine.ts';
import { interruptionBy } from './interruption.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'reverie-cli-'));
const small = ['--size', '96', '--octaves', '2', '--steps', '2'];
const uninterrupted = interruptionBy(new AbortController().signal);
const directory = process.cwd();
let opened: OpenEngine;

interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

async function reverie(...words: string[]): Promise<Run> {
  const printed = { stdout: '', stderr: '' };
  const code = await runCommandLine(words, {
    stdout: { write: (text) => (printed.stdout += text) },
    stderr: { write: (text) => (printed.stderr += text) },
    openEngine: () => ({ ...opened, close: () => Promise.resolve() }),
    listenForInterruption: () => uninterrupted,
    page: join(folder, 'no window'),
  });
  return { code, ...printed };
}

/** What `--json` printed: exactly one object on one line. */
function objectOf({ stdout }: Run): unknown {
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout);
}

beforeAll(async () => {
  // Builds the engine where it is older than its sources.
  expect(spawnSync(process.execPath, [join(ROOT, 'scripts/reverie.mjs'), '--version']).status).toBe(0);
  const gradient = Uint8Array.from({ length: 120 * 80 * 3 }, (_, i) => (i * 7 + (i >> 5)) % 256);
  await sharp(gradient, { raw: { width: 120, height: 80, channels: 3 } })
    .png()
    .toFile(join(folder, 'photo.png'));
  // Where the engine starts, too.
  process.chdir(folder);
  opened = openEngine(join(ROOT, 'dist/main/engine.js'), { threads: 1, quiet: false });
});
afterAll(async () => {
  process.chdir(directory);
  await opened.close();
  rmSync(folder, { recursive: true, force: true });
});
describe('visualize', () => {
  it('makes a sheet, a film and a file of each image, and says so as one object', async () => {
    const targets = ['--target', 'channel:mixed4a/11*1 channel:mixed4a/6*-0.5', '--target', 'class:goldfish'];
    const run = await reverie(
      'visualize',
      ...targets,
      ...['--size', '64', '--steps', '3', '--film', 'film', '--out', 'units.png', '--separate', '--json'],
    );
    expect(run).toMatchObject({ code: 0 });
    expect(objectOf(run)).toMatchObject({
      output: resolve(folder, 'units.png'),
      steps: 3,
      recipe: { method: 'visualize', settings: { param: 'fourier', size: 64, rate: 0.05 } },
      images: [
        { target: 'channel:mixed4a/11 channel:mixed4a/6*-0.5', output: resolve(folder, 'units-1.png') },
        { target: 'class:1', output: resolve(folder, 'units-2.png') },
      ],
    });
    expect(readdirSync(join(folder, 'film')).sort()).toEqual([
      '0000.png',
      '0001.png',
      '0002.png',
      '0003.png',
    ]);
    const again = await reverie('run', 'units.png', '--out', 'again.png', '--json');
    expect(again).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'again.png'))).toEqual(readFileSync(join(folder, 'units.png')));
    const other = await reverie('run', 'units.png', '--out', 'other.png', '--target', 'class:5', '--json');
    expect(objectOf(other)).toMatchObject({
      recipe: { settings: { target: ['class:5'], size: 64, steps: 3 } },
      images: [{ target: 'class:5' }],
    });
  });

  it('says what it lacks', async () => {
    const { code, stderr } = await reverie('visualize');
    expect(code).toBe(2);
    expect(stderr).toContain('--target channel:<layer>/<n>');
  });
});

describe('help', () => {
  it.each([[[]], [['help']], [['--help']], [['-h']]])(
    'is shown for %j, with every command',
    async (words) => {
      const { code, stdout, stderr } = await reverie(...words);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const name of ['dream', 'classify', 'run', 'models', 'devices'])
        expect(stdout).toContain(`\n  ${name}`);
    },
  );

  it.each([[['dream', '--help']], [['dream', 'x.png', '-h']], [['help', 'dream']]])(
    'of a command: %j',
    async (words) => {
      const { code, stdout } = await reverie(...words);
      expect(code).toBe(0);
      expect(stdout).toContain('Usage: reverie dream <image…|folder> [options]');
      expect(stdout).toContain('--octave-scale <n>');
      expect(stdout).toContain('(1 to 12; default: 5)');
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    },
  );
});

describe('wrong usage', () => {
  const cases: [string[], string][] = [
    [
      ['drem'],
      'There is no command "drem"; there are dream, film, video, visualize, explain, examples, atlas, attack, filters, classify, run, merge, models, devices, serve, setup. Did you mean "dream"?',
    ],
    [['--octaves', '3'], 'A command comes first, not "--octaves". Usage: reverie <command> [options]'],
    [['dream'], 'An argument is missing: reverie dream <image…|folder> [options].'],
    [['film', 'a.png', 'b.png'], '"b.png" is one argument too many: reverie film <image> [options].'],
    [['dream', 'photo.png', '--octavs', '3'], 'There is no option --octavs. Did you mean "--octaves"?'],
    [['dream', 'photo.png', '-x'], 'There is no option -x.'],
    [['dream', 'photo.png', '--octaves', '0'], '--octaves must be a whole number between 1 and 12, not "0".'],
    [['dream', 'photo.png', '--rate=-1'], '--rate must be a number between 0.01 and 50, not "-1".'],
    [['dream', 'photo.png', '--steps'], '--steps needs a value: a whole number between 1 and 2000.'],
    [
      ['dream', 'photo.png', '--device', 'gpu'],
      '--device must be auto, cpu, webgpu, directml, coreml, cuda or tensorflow, not "gpu". Did you mean "webgpu" or "cpu"?',
    ],
    [['dream', 'photo.png', '--keep-colour=maybe'], '--keep-colour must be true or false, not "maybe".'],
    [['classify', 'photo.png', '--top', '0'], '--top must be a whole number between 1 and 1000, not "0".'],
    [
      ['models', 'lst'],
      'reverie models takes one of list, inspect, import, edit, remove, catalogue, download, not "lst". Did you mean "list"?',
    ],
    [['devices', 'all'], '"all" is one argument too many: reverie devices [options].'],
  ];

  it.each(cases)('%j is told in one sentence', async (words, message) => {
    expect(await reverie(...words)).toEqual({ code: 2, stdout: '', stderr: `${message}\n` });
    const json = await reverie(...words, '--json');
    expect(json).toMatchObject({ code: 2, stderr: '' });
    // An option without its value takes the next word for it.
    if (words.at(-1) !== '--steps')
      expect(objectOf(json)).toEqual({ error: { code: 'usage/option', message } });
  });

  it('shows a stack with --debug alone', async () => {
    expect((await reverie('dream', 'photo.png', '--octaves', '0', '--debug')).stderr).toMatch(/\n {4}at /);
  });
});

describe('wrong input', () => {
  it('names a file of key frames that is not there, and why it cannot be read', async () => {
    const words = ['film', 'photo.png', '--keys', 'none.json'];
    const message = 'The file "none.json" of --keys cannot be read.';
    expect(await reverie(...words)).toEqual({ code: 2, stdout: '', stderr: `${message}\n` });
    const because = [expect.stringContaining('ENOENT') as string];
    expect(objectOf(await reverie(...words, '--json'))).toEqual({
      error: { code: 'usage/option', message, details: { because } },
    });
  });

  it.each([
    [['dream', 'absent.png'], 'image/missing'],
    [['dream', 'photo.png', '--model', 'absent'], 'model/missing'],
    [['dream', 'photo.png', '--layers', 'absent', ...small], 'layer/unknown'],
    [['classify', 'absent.png'], 'image/missing'],
    [['run', 'photo.png'], 'recipe/missing'],
    [['models', 'inspect', 'absent'], 'model/missing'],
  ])('%j ends with 2 and %s, and leaves nothing behind', async (words, code) => {
    const before = readdirSync(folder);
    const run = await reverie(...words, '--json');
    expect(run.code).toBe(2);
    expect(objectOf(run)).toMatchObject({ error: { code } });
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe('dreams', () => {
  it('writes a picture, and the recipe in it gives the same picture again', async () => {
    const run = await reverie('dream', 'photo.png', ...small, '--seed', '5', '--out', 'first.png', '--json');
    expect(run.code).toBe(0);
    const result = objectOf(run);
    expect(result).toMatchObject({
      output: expect.stringMatching(/first\.png$/) as string,
      recipe: {
        reverie: 1,
        method: 'dream',
        settings: { octaves: 2, steps: 2, size: 96, seed: 5, rate: 2 },
      },
      runtime: 'onnxruntime',
      device: 'cpu',
      steps: 4,
    });
    expect((await reverie('run', 'first.png', '--out', 'second.png')).code).toBe(0);
    expect((await reverie('run', 'first.png', '--out', 'third.png', '--seed', '6')).code).toBe(0);
    const [first, second, third] = await Promise.all(
      ['first.png', 'second.png', 'third.png'].map((name) => sharp(join(folder, name)).raw().toBuffer()),
    );
    expect(second?.equals(first ?? Buffer.of())).toBe(true);
    expect(third?.equals(first ?? Buffer.of())).toBe(false);
  });

  it('repeats a recipe that was saved as JSON', async () => {
    const run = await reverie('dream', 'photo.png', ...small, '--out', 'a.png', '--json');
    const { recipe } = objectOf(run) as { recipe: object };
    writeFileSync(join(folder, 'recipe.json'), JSON.stringify(recipe));
    const again = await reverie('run', 'recipe.json', '--out', 'b.png', '--json');
    expect(again.code).toBe(0);
    expect(objectOf(again)).toMatchObject({ recipe });
  });

  it('says which option names a picture that is not found', async () => {
    const run = await reverie('dream', 'photo.png', ...small, '--out', 'c.png', '--json');
    const { recipe } = objectOf(run) as { recipe: object };
    writeFileSync(
      join(folder, 'moved.json'),
      JSON.stringify({
        ...recipe,
        source: { name: 'gone.png', sha256: 'a'.repeat(64), width: 1, height: 1 },
      }),
    );
    expect((await reverie('run', 'moved.json')).stderr).toBe(
      'The recipe\'s picture "gone.png" is neither here nor beside the recipe; name it with --image.\n',
    );
  });

  it('picks a free name, and prints the path and a line about the run', async () => {
    const first = await reverie('dream', 'photo.png', ...small);
    const second = await reverie('dream', 'photo.png', ...small);
    expect(first.stdout.split('\n')[0]).toMatch(/photo-dream\.png$/);
    expect(second.stdout.split('\n')[0]).toMatch(/photo-dream-2\.png$/);
    expect(first.stderr).toMatch(
      /^96×64 pixels, 4 steps, on onnxruntime \(cpu\)\nAbout [\d.]+ [MG]iB of memory; [\d.]+ [MG]iB are free\.\noctave 1 of 2: .*\noctave 2 of 2: 96×64 pixels\n$/,
    );
  });
});

describe('explanations', () => {
  it('write a sheet and the numbers, and tell about each method', async () => {
    const words = [
      'explain',
      'photo.png',
      '--size',
      '64',
      '--method',
      'gradient,grad-cam',
      '--target',
      'class:tench',
    ];
    const run = await reverie(...words, '--out', 'why.png', '--raw', 'why.npy', '--json');
    expect(objectOf(run)).toMatchObject({
      output: join(folder, 'why.png'),
      recipe: { method: 'explain', settings: { target: 'class:0', size: 64 } },
      steps: 1,
      classes: [{}, {}, {}, {}, {}],
      target: { text: 'class:0', label: 'tench' },
      methods: [
        { method: 'gradient', raw: join(folder, 'why-gradient.npy') },
        { method: 'grad-cam', raw: join(folder, 'why-grad-cam.npy') },
      ],
    });
    expect(existsSync(join(folder, 'why-grad-cam.npy'))).toBe(true);
    expect(run.stderr).toBe('64×64 pixels, 1 steps, on onnxruntime (cpu)\n');
    expect((await reverie(...words)).stdout).toMatch(
      /photo-explain\.png\n( +\d+\.\d % {2}\S.*\n){5}class:0 \(tench\): logit /,
    );
  });

  it('are repeated from their recipe', async () => {
    const run = await reverie('run', 'why.png', '--out', 'why-again.png', '--json');
    expect(objectOf(run)).toMatchObject({ recipe: { method: 'explain' } });
    expect(readFileSync(join(folder, 'why-again.png'))).toEqual(readFileSync(join(folder, 'why.png')));
    const other = await reverie('run', 'why.png', '--out', 'other-why.png', '--method', 'gradient', '--json');
    expect(objectOf(other)).toMatchObject({
      recipe: { settings: { method: ['gradient'], target: 'class:0', size: 64 } },
      methods: [{ method: 'gradient' }],
    });
  });

  it('of the first layer are its filters', async () => {
    const run = await reverie('filters', '--out', 'filters.png', '--json');
    expect(objectOf(run)).toMatchObject({ output: join(folder, 'filters.png'), channels: 3, filters: 32 });
    expect((await reverie('filters')).stdout).toMatch(/network-filters\.png\n\S+: 32 filters of 6×6 weights/);
  });

  it('refuse a method that is none, naming all', async () => {
    const { code, stderr } = await reverie('explain', 'photo.png', '--method', 'gradcam');
    expect(code).toBe(2);
    expect(stderr).toContain('integrated-gradients');
    expect(stderr).toContain('Did you mean "grad-cam"?');
  });
});

describe('attacks', () => {
  it('write a PNG that is judged after it was read back, and repeat it from its recipe', async () => {
    const words = ['--method', 'bim', '--eps', '8/255', '--steps', '3', '--out', 'fooled.png', '--json'];
    const run = await reverie('attack', 'photo.png', ...words, '--perturbation', 'change.png');
    expect(run).toMatchObject({ code: 0 });
    const result = objectOf(run);
    expect(result).toMatchObject({
      output: resolve(folder, 'fooled.png'),
      steps: 3,
      recipe: { method: 'attack', settings: { eps: 8 / 255, step: 2 / 255, norm: 'linf', steps: 3 } },
      classes: { before: [{}, {}, {}, {}, {}], after: [{}, {}, {}, {}, {}] },
      norms: { linf: 6 },
      perturbation: { output: resolve(folder, 'change.png'), gain: 10, clipped: 0 },
    });
    expect(await reverie('run', 'fooled.png', '--out', 'again-fooled.png')).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'again-fooled.png'))).toEqual(readFileSync(join(folder, 'fooled.png')));
    const other = await reverie('run', 'fooled.png', '--out', 'weaker.png', '--eps', '4/255', '--json');
    expect(objectOf(other)).toMatchObject({
      recipe: { settings: { method: 'bim', eps: 4 / 255, steps: 3 } },
      norms: { linf: 4 },
    });
  });

  it('ask a black box, and print a sheet that is classified from a photo of it', async () => {
    const words = ['--method', 'square', '--queries', '40', '--fresh', '5', '--print', 'sheet.png'];
    const { code, stdout } = await reverie('attack', 'photo.png', ...words, '--out', 'black-box.png');
    expect(code).toBe(0);
    expect(stdout).toMatch(/asked the black box \d+ times, and for no gradient/);
    expect(stdout).toMatch(/fresh views: \d of 5 succeed/);
    expect(objectOf(await reverie('classify', 'sheet.png', '--printed', '--json'))).toHaveProperty(
      'images.0.classes.4',
    );
    expect((await reverie('classify', 'photo.png', '--printed')).stderr).toContain('four corner markers');
  });

  it('of several pictures print a table', async () => {
    const { code, stdout } = await reverie('attack', 'photo.png', 'fooled.png', '--method', 'fgsm');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^picture +before +after +fooled/);
    expect(stdout).toMatch(/fgsm, linf, ε 8\/255.*: \d of 2 fooled/);
  });

  it.each([
    [['--target', 'volcano'], 'class:<name or index>'],
    [['--eps', '8/0'], 'a fraction such as 8/255'],
    [['--method', 'cw', '--norm', 'linf'], 'l2'],
  ])('say what is wrong with %j', async (words, hint) => {
    const { code, stderr } = await reverie('attack', 'photo.png', ...words);
    expect(code).toBe(2);
    expect(stderr).toContain(hint);
  });
});

describe('tables', () => {
  it('classifies', async () => {
    const result = objectOf(await reverie('classify', 'photo.png', '--top', '3', '--json'));
    expect(result).toMatchObject({ images: [{ classes: [{}, {}, {}] }] });
    expect((await reverie('classify', 'photo.png', '--top', '2')).stdout).toMatch(
      /photo\.png\n( +\d+\.\d\d % {2}\S.*\n){2}$/,
    );
  });

  it('lists the networks and the layers of one', async () => {
    expect(objectOf(await reverie('models', 'list', '--json'))).toHaveProperty('models.0.id');
    expect((await reverie('models', 'inspect')).stdout).toMatch(/million parameters.*\n.*\ninput "/);
    expect(objectOf(await reverie('models', 'inspect', '--size', '64', '--json'))).toHaveProperty(
      'layers.0.name',
    );
  });

  it('lists every device', async () => {
    const { devices } = objectOf(await reverie('devices', '--json')) as {
      devices: { device: string; usable: boolean }[];
    };
    expect(devices.map(({ device }) => device)).toEqual([
      'cpu',
      'webgpu',
      'directml',
      'coreml',
      'cuda',
      'tensorflow',
    ]);
    expect(devices[0]?.usable).toBe(true);
  });
});
