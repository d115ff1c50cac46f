/** `reverie devices`. */
import { parse, type Fields } from '../../shared/recipes/fields.ts';
import { columns } from '../../shared/columns.ts';
import { pick, type Command } from './command.ts';

const devices = {
  measure: {
    kind: 'boolean',
    label: 'Measure',
    help: 'Try and measure every device again, whatever is known of it',
    default: false,
  },
} as const satisfies Fields;

export const devicesCommand: Command = {
  name: 'devices',
  usage: '',
  positionals: { min: 0, max: 0 },
  summary: 'List what networks can run on, how fast, and why the rest cannot be used',
  notes: [
    'A device is tried once, in a process of its own: its numbers are compared with those of the CPU, and a gradient',
    'step of the network that comes with Reverie is timed at 224×224 (the median of several with --measure). The result',
    'is kept until the drivers or versions change. "--device auto" takes the fastest one.',
  ],
  options: { Devices: devices },
  async run({ engine, interruption, given }) {
    const json = await interruption.unless(
      engine.devices({ ...parse(devices, pick(given, devices)), device: null }),
    );
    const cpu = json.devices.find(({ device }) => device === 'cpu')?.msPerStep ?? null;
    const rows = json.devices.map(({ device, runtime, usable, reason, msPerStep, note }) => {
      const speed =
        msPerStep === null ? 'usable' : `${msPerStep.toFixed(1)} ms a step${compared(msPerStep, cpu)}`;
      const words = note === null ? speed : `${speed}; ${note}`;
      return [device, runtime, usable ? words : (reason ?? 'not usable')];
    });
    return { json, lines: columns(rows) };
  },
};

/** How a device compares with the CPU; nothing for the CPU itself. */
function compared(ms: number, cpu: number | null): string {
  if (cpu === null || ms === cpu) return '';
  return cpu > ms
    ? `, ${(cpu / ms).toFixed(1)} × as fast as the CPU`
    : `, ${(ms / cpu).toFixed(1)} × as long as the CPU`;
}
