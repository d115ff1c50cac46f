/**
 * Tries devices, each in an engine of its own that is thrown away: a graphics driver may take the process with it, or never
 * answer. What the engine knows already is not tried again.
 */
import type { EngineApi } from '../../../shared/contract.ts';
import type { DeviceRow } from '../../../shared/contract/devices.ts';
import { errorData } from '../../../shared/errors.ts';

/** What a device must answer in, in ms: some drivers compile for long the first time. */
const PROBE_MS = 90_000;

/** An engine process for a single question. */
export interface ProbeEngine {
  readonly api: Pick<EngineApi, 'devices'>;
  close(graceMs?: number): Promise<void>;
}

/** All rows, those of untried devices after a probe each. */
export async function probeDevices(
  engine: Pick<EngineApi, 'devices'>,
  open: () => ProbeEngine,
  { measure }: { measure: boolean },
  timeoutMs = PROBE_MS,
): Promise<DeviceRow[]> {
  const { devices } = await engine.devices({ measure, device: null });
  const rows: DeviceRow[] = [];
  for (const row of devices) rows.push(row.untried ? await probeOne(row, open(), measure, timeoutMs) : row);
  return rows;
}

/** One after the other: they would slow each other down. */
async function probeOne(
  row: DeviceRow,
  engine: ProbeEngine,
  measure: boolean,
  timeoutMs: number,
): Promise<DeviceRow> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<DeviceRow>((resolve) => {
    const reason = `It gave no answer within ${timeoutMs / 1000} seconds; a newer graphics driver may help.`;
    timer = setTimeout(() => resolve(refused(row, reason)), timeoutMs);
  });
  const answer = engine.api.devices({ measure, device: row.device }).then(
    ({ devices: [found] }) => found ?? refused(row, 'The engine told nothing about it.'),
    (error: unknown) => refused(row, `It cannot be tried: ${errorData(error).message}`),
  );
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
    await engine.close(0);
  }
}

const refused = (row: DeviceRow, reason: string): DeviceRow => ({
  ...row,
  usable: false,
  untried: false,
  reason,
});
