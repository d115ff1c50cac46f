/** Numbers and sizes as people say them. */
import { threadsOf, type PowerState } from '../../shared/power.ts';
import { methods, subjectOf } from '../../shared/methods/registry.ts';
import type { OutputInfo } from '../../shared/contract/models.ts';
import type { Job } from '../../shared/studio/jobs.ts';

const UNITS = ['bytes', 'KB', 'MB', 'GB'];

export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit] ?? ''}`;
}

/** `340 ms`, `2.1 s`. */
export function milliseconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** `8 s`, `3 min`, `1 h 20 min`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1024 × 683`, or nothing while it is not known. */
export function size(width: number | null, height: number | null): string {
  return width === null || height === null ? '' : `${width} × ${height}`;
}

export function date(ms: number): string {
  return new Date(ms).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** A network's id as a title; a picture's file name without what Reverie added. */
export function nameOf(file: string): string {
  return file.replace(/\.[a-z0-9]+$/i, '');
}

const DEVICES: Partial<Record<string, string>> = {
  cpu: 'processor',
  webgpu: 'graphics card (WebGPU)',
  directml: 'graphics card (DirectML)',
  coreml: 'Core ML',
  cuda: 'graphics card (CUDA)',
  tensorflow: 'TensorFlow',
};

export function device(name: string): string {
  return DEVICES[name] ?? name;
}

/** How much of the machine is taken, where it is not all of it: `1 thread, quietly`. Nothing where it is. */
export function power({ processors, now }: PowerState): string {
  const threads = threadsOf(now, processors);
  const parts = [
    ...(threads === null ? [] : [`${threads} ${threads === 1 ? 'thread' : 'threads'}`]),
    ...(now.quiet ? ['quietly'] : []),
  ];
  return parts.join(', ');
}

/** The same in a sentence, with what waits for the end of what runs. */
export function powerSentence(state: PowerState): string {
  const { processors, next } = state;
  const all = `all of ${processors} ${processors === 1 ? 'processor' : 'processors'}`;
  const words = (power: PowerState['now']): string => powerOr({ processors, now: power, next: null }, all);
  const now = `Computing takes ${words(state.now)}.`;
  return next === null ? now : `${now} From the next job on it takes ${words(next)}.`;
}

const powerOr = (state: PowerState, all: string): string => {
  const text = power(state);
  return text === '' ? all : text;
};

const STATES: Record<Exclude<Job['state'], 'running'>, string> = {
  queued: 'Waiting',
  paused: 'Paused',
  interrupted: 'Interrupted',
  done: 'Finished',
  failed: 'Failed',
  cancelled: 'Stopped',
};

export function jobState({ state, order }: Job): string {
  return state === 'running' ? methods[order.method].words.running : STATES[state];
}

/** What a job is about: its picture, or what it makes visible. */
export function jobTitle({ order: { method, picture, settings } }: Job): string {
  return picture === null ? subjectOf(method, settings).join('; ') : nameOf(picture);
}

/** What one of several outputs gives, in a phrase. */
export function outputWords({
  shape,
  answers,
  classes,
}: Pick<OutputInfo, 'shape' | 'answers' | 'classes'>): string {
  if (classes === null) return `features, ${shape.slice(1).join(' × ')}`;
  if (answers === 'softmax') return `${classes} classes`;
  return classes === 1 ? 'yes or no' : `${classes} things, each by itself`;
}
