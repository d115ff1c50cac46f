/** `reverie explain`: maps of a picture, or of many, or, of many with --measure, how well the maps know the network in the mean. */
import { resolve } from 'node:path';
import { anyMethod, methods } from '../../shared/methods/registry.ts';
import type { Command } from './command.ts';
import { perform } from './method-command.ts';
import { areMany, oneOrManyCommand, refuse } from './one-or-many.ts';

const maps = oneOrManyCommand('explain');

/** What is written of maps, not of measures. */
const OF_MAPS = [
  'out',
  ...Object.keys(anyMethod.explain.outputs),
  ...Object.keys(anyMethod.explainSet.outputs),
];

export const explainCommand: Command = {
  ...maps,
  options: { ...maps.options, Output: { ...maps.options['Output'], ...methods.measureSet.outputs } },
  run(context) {
    const { given, positionals } = context;
    if (given['measure'] !== true || !areMany(positionals)) {
      refuse(given, ['report'], 'goes with --measure, of a folder or several pictures');
      return maps.run(context);
    }
    refuse(given, OF_MAPS, 'does not go with --measure of several pictures');
    const images = positionals.map((path) => resolve(path));
    return perform(context, 'measureSet', { inputs: { images } });
  },
};
