/** `reverie setup`: what needs the user's machine to be finished. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ReverieError } from '../../shared/errors.ts';
import { parse, type Fields } from '../../shared/recipes/fields.ts';
import { reverieHome } from '../files/home.ts';
import { pick, type Command } from './command.ts';
import { buildAddOn } from './setup/add-on.ts';
import { findLibTensorflow } from './setup/libtensorflow.ts';

const setup = {
  library: {
    kind: 'text',
    label: 'Folder',
    help: "The folder of Python's tensorflow package, or of the unpacked C library",
    default: null,
    auto: 'what Python and the system have',
  },
} as const satisfies Fields;

export const setupCommand: Command = {
  name: 'setup',
  usage: 'tensorflow',
  positionals: { min: 1, max: 1 },
  summary: "Build TensorFlow.js's native add-on against a TensorFlow that is on this machine",
  notes: [
    'Without it, the device "tensorflow" computes in WebAssembly. The add-on is built for a libtensorflow that is there',
    "already, as in Python's tensorflow package; a C++ compiler is needed. Everything is kept in Reverie's own folder.",
    'For a library with CUDA it is @tensorflow/tfjs-node-gpu, which is also used where you have installed it yourself.',
  ],
  options: { Setup: setup },
  async run({ given, positionals, stderr }) {
    const [what] = positionals;
    if (what !== 'tensorflow')
      throw new ReverieError(
        'usage/option',
        `There is nothing called "${what}" to set up; there is tensorflow.`,
      );
    const library = findLibTensorflow(parse(setup, pick(given, setup)).library);
    const home = reverieHome();
    const folder = join(home, 'tensorflow');
    const addOn = buildAddOn(folder, library, (line) => stderr.write(`${line}\n`));
    // What was found out about WebAssembly says nothing about the library.
    await rm(join(home, 'devices', 'tensorflow.json'), { force: true });
    const json = { library: library.title, folder, addOn };
    const by = library.cuda ? `, which has CUDA, by ${addOn}` : '';
    return {
      json,
      lines: [
        `The device "tensorflow" uses ${library.title}${by} from now on; "reverie devices" measures it.`,
      ],
    };
  },
};
