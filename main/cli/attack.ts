/** `reverie attack`: of a single picture, or of several or a folder with the figures that a paper wants. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ReverieError } from '../../shared/errors.ts';
import { methods } from '../../shared/methods/registry.ts';
import { isListedPicture, pictureExtensions } from '../../shared/picture-formats.ts';
import type { Command, Given } from './command.ts';
import { methodCommand, perform } from './method-command.ts';

const one = methodCommand('attack');

export const attackCommand: Command = {
  ...one,
  options: { ...one.options, Output: { ...one.options['Output'], labels: methods.attackSet.outputs.labels } },
  run(context) {
    const { given, positionals } = context;
    const [image = ''] = positionals;
    const single = positionals.length === 1 && !isFolder(image);
    if (single) refuse(given, ['labels'], 'for a folder or several pictures');
    else refuse(given, ['perturbation', 'views'], 'for a single picture');
    return single
      ? perform(context, 'attack', { inputs: { image: resolve(image) } })
      : perform(context, 'attackSet', { inputs: { images: positionals.flatMap(picturesIn) } });
  },
};

/** @throws usage/option for options that say nothing here */
function refuse(given: Given, keys: readonly string[], where: string): void {
  const key = keys.find((name) => given[name] !== undefined && given[name] !== 'auto');
  if (key !== undefined) throw new ReverieError('usage/option', `--${key} is ${where}.`);
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** The pictures of a folder in the order of their names; a file stands for itself. */
function picturesIn(path: string): string[] {
  if (!isFolder(path)) return [resolve(path)];
  const files = readdirSync(path).filter(isListedPicture);
  if (files.length === 0) {
    const accepted = pictureExtensions.join(', ');
    throw new ReverieError('image/missing', `The folder "${path}" has no pictures (${accepted}).`);
  }
  return files.sort().map((name) => resolve(join(path, name)));
}
