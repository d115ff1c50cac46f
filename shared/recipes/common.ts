/** Fields that several methods share. */
import type { Fields, SettingsOf } from './fields.ts';

/** The same seed, settings and device give the same picture. */
export const seed = {
  kind: 'integer',
  label: 'Seed',
  help: 'Of the random choices; the same seed gives the same picture',
  default: 0,
  min: 0,
  max: 4294967295,
} as const;

/** Which network is used, and what it runs on. Not a part of the settings: the same recipe runs anywhere. */
export const execution = {
  model: {
    kind: 'text',
    label: 'Network',
    help: 'An installed network by its id, or the path of a network file',
    default: null,
    auto: 'the network that comes with Reverie',
  },
  output: {
    kind: 'text',
    label: 'Output',
    help: 'The output of the network that is meant, by its name, where it has several',
    default: null,
    auto: 'as its card says, or as recognised',
    advanced: true,
  },
  runtime: {
    kind: 'choice',
    label: 'Runtime',
    help: 'The library that runs the network',
    default: 'auto',
    options: ['auto', 'onnxruntime', 'tensorflow'],
    advanced: true,
  },
  device: {
    kind: 'choice',
    label: 'Device',
    help: 'What computes; "auto" is the fastest that "reverie devices" has proven, else the CPU',
    default: 'auto',
    options: ['auto', 'cpu', 'webgpu', 'directml', 'coreml', 'cuda', 'tensorflow'],
    advanced: true,
  },
} as const satisfies Fields;

type Chosen = SettingsOf<typeof execution>;

/** Network, output, runtime and device, as chosen. */
export interface Execution extends Omit<Chosen, 'output'> {
  readonly output?: Chosen['output'];
}
export type RuntimeChoice = Execution['runtime'];
export type DeviceChoice = Execution['device'];
