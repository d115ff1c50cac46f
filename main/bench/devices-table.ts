/** The devices as a table for people. */
import { columns } from '../../shared/columns.ts';
import type { DeviceFigures } from './devices.ts';

export function deviceTable(rows: readonly DeviceFigures[]): string[] {
  return [
    'A step is a forward pass with the gradient of a picture of 96×96 pixels; the difference is that of value and gradient from the CPU, the PSNR that of the pictures after ten steps.',
    '',
    ...columns([
      ['network', 'device', 'a step', 'to the CPU', 'difference', 'PSNR', 'tf.grad takes'],
      ...rows.map(cells),
    ]),
    ...new Set(rows.flatMap(({ reason }) => (reason === null ? [] : [reason]))),
  ];
}

function cells(row: DeviceFigures): string[] {
  if (row.reason !== null) return [row.network, row.device, 'not usable'];
  return [
    row.network,
    row.device,
    `${row.msPerStep.toFixed(1)} ms`,
    `${row.toCpu.toFixed(1)} ×`,
    row.difference.toExponential(1),
    row.psnr === Infinity ? 'equal' : `${row.psnr.toFixed(0)} dB`,
    plain(row.plainRatio),
  ];
}

function plain(ratio: number | null): string {
  if (ratio === null) return '';
  return ratio === Infinity ? 'cannot' : `${ratio.toFixed(1)} ×`;
}
