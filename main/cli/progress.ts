/** Progress on stderr: one line that is redrawn on a terminal, a line per octave, where there are several, elsewhere. */
import { memoryLine } from '../../shared/memory.ts';
import type { Started, Step } from '../../shared/jobs.ts';
import type { Output } from './command.ts';

const BAR = 24;

export interface Progress {
  started(event: Started): void;
  step(event: Step): void;
  /** Leaves the terminal on a fresh line. */
  end(): void;
}

export function createProgress(stream: Output): Progress {
  const live = stream.isTTY;
  let drawn = false;
  let octave = 0;
  const draw = (text: string): void => {
    // Some terminals do not know their width and say 0.
    stream.write(`\r\u001b[2K${text.slice(0, (stream.columns || 80) - 1)}`);
    drawn = true;
  };
  return {
    started({ width, height, steps, runtime, device, notes, memory }) {
      // Many pictures have no one size.
      const size = width === 0 ? '' : `${width}×${height} pixels, `;
      stream.write(`${size}${steps} steps, on ${runtime} (${device})\n`);
      if (memory !== undefined) stream.write(`${memoryLine(memory)}\n`);
      for (const note of notes) stream.write(`${note}\n`);
    },
    step(event) {
      if (event.note !== undefined) stream.write(`${drawn ? '\r\u001b[2K' : ''}${event.note}\n`);
      if (live) draw(barOf(event));
      else if (event.stage !== undefined && event.stage.octaves > 1 && event.stage.octave !== octave) {
        const { octaves, width, height } = event.stage;
        octave = event.stage.octave;
        stream.write(`octave ${octave} of ${octaves}: ${width}×${height} pixels\n`);
      }
    },
    end() {
      if (drawn) stream.write('\r\u001b[2K');
    },
  };
}

/** `[######......] 24/96  octave 2/4  231 ms a step  objective 12.3`. */
function barOf({ step, of, stage, ms, objective }: Step): string {
  const where = stage === undefined ? '' : `octave ${stage.octave}/${stage.octaves}  `;
  const value = objective === undefined ? '' : `  objective ${objective.toPrecision(4)}`;
  return `${bar(step / of)} ${step}/${of}  ${where}${ms.toFixed(0)} ms a step${value}`;
}

/** `[######......]`. @param share 0…1 */
export function bar(share: number): string {
  const full = Math.round(BAR * share);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}]`;
}
