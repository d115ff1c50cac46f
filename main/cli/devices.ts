/** `reverie devices`. */
import { parse, type Fields } from '../../shared/recipes/fields.ts';
import { columns } from '../../shared/columns.ts';
import type { Command } from './command.ts';
import { pick } from './dream.ts';

const devices = {
  measure: {
    kind: 'boolean',
    label: 'Measure',
    help: 'Run a few steps on each usable device',
    default: false,
  },
} as const satisfies Fields;

export const devicesCommand: Command = {
  name: 'devices',
  usage: '',
  positionals: { min: 0, max: 0 },
  summary: 'List what networks can run on, and why the rest cannot be used',
  options: { Devices: devices },
  async run({ engine, interruption, given }) {
    const json = await interruption.unless(engine.devices(parse(devices, pick(given, devices))));
    const rows = json.devices.map(({ device, runtime, usable, reason, msPerStep }) => {
      const speed = msPerStep === null ? 'usable' : `${msPerStep.toFixed(1)} ms a step`;
      return [device, runtime, usable ? speed : (reason ?? 'not usable')];
    });
    return { json, lines: columns(rows) };
  },
};
