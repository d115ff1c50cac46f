/** Versions and machine: what somebody who is to help asks first. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, platform, release, totalmem, type, version } from 'node:os';
import { isRecord } from '../../shared/schema.ts';

/** Filled in by the bundler from package.json. */
declare const __VERSION__: string;

/** Of the program; tests run without a bundler. */
export const VERSION = typeof __VERSION__ === 'undefined' ? '0.0.0' : __VERSION__;

/** Rows of a label and what there is to say, in the order in which they are shown. */
export function programFacts(): readonly (readonly [label: string, value: string])[] {
  const { node, electron, chrome } = process.versions;
  const rows: [string, string | undefined][] = [
    ['Reverie', VERSION],
    ['Electron', electron],
    ['Chromium', chrome],
    ['Node', node],
    ['ONNX Runtime', packageVersion('onnxruntime-node')],
    ['TensorFlow.js', packageVersion('@tensorflow/tfjs-core')],
    ['System', `${systemName()} (${platform()} ${release()}, ${arch()})`],
    ['Processor', `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} threads`],
    ['Memory', `${(totalmem() / 2 ** 30).toFixed(1)} GiB`],
  ];
  return rows.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]));
}

/** As its maker calls it: `Windows 11 Pro`, `Debian GNU/Linux 12 (bookworm)`. */
function systemName(): string {
  if (platform() !== 'linux') return platform() === 'win32' ? version() : type();
  try {
    const [, name] = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? [];
    return name ?? type();
  } catch {
    return type();
  }
}

/** Of an installed package; `undefined` where it is not there. */
export function packageVersion(name: string): string | undefined {
  try {
    const manifest: unknown = createRequire(import.meta.url)(`${name}/package.json`);
    return isRecord(manifest) && typeof manifest['version'] === 'string' ? manifest['version'] : undefined;
  } catch {
    return undefined;
  }
}
