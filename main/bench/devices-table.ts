/** The devices as a table for people. */
import { columns } from '../../shared/columns.ts';
import type { DeviceFigures } from './devices.ts';

export function deviceTable(rows: readonly DeviceFigures[]): string[] {
  return [
    'A step is a forward pass with the gradient of a picture of 96×96 pixels, the fastest of several, measured in turns with the CPU.',
    "The difference is that of value and gradient from the CPU's on the same picture. Then ten steps of a dream: after how many the",
    "picture is still the CPU's, the PSNR at the end, the same at a quarter of the strength, and how much the objective grew over how",
    'much it grew on the CPU. The CPU is listed once more, from a picture that was disturbed by a millionth.',
    '',
    ...columns([
      [
        'network',
        'device',
        'a step',
        'to the CPU',
        'difference',
        'same for',
        'PSNR',
        'gently',
        'growth',
        'tf.grad takes',
      ],
      ...rows.map(cells),
    ]),
    ...new Set(rows.flatMap(({ reason }) => (reason === null ? [] : [reason]))),
  ];
}

function cells(row: DeviceFigures): string[] {
  const { network, device } = row;
  if (row.reason !== null) return [network, device, 'not usable'];
  const after = [
    `${row.agreeing} steps`,
    decibels(row.psnr),
    decibels(row.gentlePsnr),
    `${row.growth.toFixed(2)} ×`,
  ];
  if (device === 'disturbed') return [network, 'cpu, disturbed', '', '', '', ...after, ''];
  return [
    network,
    device,
    `${row.msPerStep.toFixed(1)} ms`,
    `${row.toCpu.toFixed(1)} ×`,
    row.difference.toExponential(1),
    ...after,
    plain(row),
  ];
}

const decibels = (psnr: number): string => (psnr === Infinity ? 'equal' : `${psnr.toFixed(0)} dB`);

/** How long TensorFlow.js's own gradient takes. */
function plain({ plainToCpu, plainToOurs }: DeviceFigures): string {
  if (plainToCpu === null || plainToOurs === null) return '';
  if (plainToCpu === Infinity) return 'cannot';
  return `${plainToCpu.toFixed(0)} × the CPU, ${plainToOurs.toFixed(1)} × ours here`;
}
