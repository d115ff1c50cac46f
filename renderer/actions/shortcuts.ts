/** Every keyboard shortcut, in one table: the handler and the help sheet both read it. */
import { isUnfinished, originStep } from '../state/studio.svelte.ts';
import type { Shell, Workspace } from '../state/shell.svelte.ts';

export interface Shortcut {
  /** As `KeyboardEvent.key` gives it, with `Mod+` for Ctrl or ⌘, and `Shift+`. */
  readonly keys: string;
  /** What it does, for the help sheet. */
  readonly label: string;
  /** Whether it does anything now. */
  readonly when?: (shell: Shell) => boolean;
  readonly run: (shell: Shell) => void;
}

const atDesk = (shell: Shell): boolean => shell.workspace === 'dream';

export const shortcuts: readonly Shortcut[] = [
  { keys: 'g', label: 'Gallery', run: (shell) => shell.go('gallery') },
  { keys: 'd', label: 'Dream', run: (shell) => shell.go('dream') },
  { keys: 'n', label: 'Neurons', run: (shell) => shell.go('neurons') },
  { keys: 'x', label: 'Explain', run: (shell) => shell.go('explain') },
  { keys: 'a', label: 'Attack', run: (shell) => shell.go('attack') },
  { keys: 'm', label: 'Models', run: (shell) => shell.go('models') },
  { keys: 'Mod+Enter', label: 'Start what this workspace is for', when: canStart, run: start },
  {
    keys: ' ',
    label: 'Pause or resume',
    when: (shell) => atDesk(shell) && canPause(shell),
    run: pauseOrResume,
  },
  { keys: 'ArrowLeft', label: 'Step before', when: hasSteps, run: (shell) => scrub(shell, -1) },
  { keys: 'ArrowRight', label: 'Step after', when: hasSteps, run: (shell) => scrub(shell, 1) },
  { keys: 'l', label: 'Newest step', when: hasSteps, run: (shell) => shell.desk.look(null) },
  { keys: 'b', label: 'Branch from this step', when: atStep, run: (shell) => void shell.dream(true) },
  { keys: 'k', label: 'Keep this step', when: atStep, run: (shell) => void shell.keepStep() },
  {
    keys: 'c',
    label: 'Compare with the original',
    when: (shell) => atDesk(shell) && shell.job !== undefined,
    run: (shell) => (shell.comparing = !shell.comparing),
  },
  {
    keys: 'Mod+e',
    label: 'Export',
    when: (shell) => exportable(shell),
    run: (shell) => (shell.sheet = 'export'),
  },
  { keys: 'Mod+z', label: 'Undo', when: (shell) => shell.desk.canUndo, run: (shell) => shell.desk.undo() },
  {
    keys: 'Mod+Shift+z',
    label: 'Redo',
    when: (shell) => shell.desk.canRedo,
    run: (shell) => shell.desk.redo(),
  },
  { keys: 'Mod+,', label: 'Settings', run: (shell) => (shell.sheet = 'settings') },
  { keys: '?', label: 'This list', run: (shell) => shell.help('keyboard') },
];

/** Keys that components handle themselves, for the help sheet alone. */
export const furtherKeys: readonly Pick<Shortcut, 'keys' | 'label'>[] = [
  { keys: 'Mod+v', label: 'Add a picture from the clipboard' },
  { keys: 'Enter', label: 'In the gallery: dream on the picture' },
  { keys: 'Delete', label: 'In the gallery: move to the trash' },
  { keys: 'Mod+a', label: 'In the gallery: select all' },
];

/** Runs what a key stands for; whether anything did. Keys that type, or that a control needs, are left alone. */
export function handleKey(event: KeyboardEvent, shell: Shell): boolean {
  const keys = keysOf(event);
  const shortcut = shortcuts.find((candidate) => candidate.keys === keys);
  if (shortcut === undefined || shortcut.when?.(shell) === false) return false;
  if (shell.sheet !== null || isBehindDialog() || belongsTo(event.target, keys)) return false;
  // What is being typed counts, though a box tells of it only when it is left.
  if (event.target instanceof HTMLInputElement)
    event.target.dispatchEvent(new Event('change', { bubbles: true }));
  shortcut.run(shell);
  return true;
}

/** A shortcut as it is printed on keys: `Ctrl`, `Shift`, `Z`. */
export function printed(keys: string, platform: string): readonly string[] {
  const names: Partial<Record<string, string>> = {
    Mod: platform === 'darwin' ? '⌘' : 'Ctrl',
    Shift: platform === 'darwin' ? '⇧' : 'Shift',
    ArrowLeft: '←',
    ArrowRight: '→',
    ' ': 'Space',
  };
  return keys.split('+').map((key) => names[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

function keysOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string {
  const plain = key.length === 1 ? key.toLowerCase() : key;
  const isLetter = plain !== plain.toUpperCase();
  if (altKey) return '';
  return `${ctrlKey || metaKey ? 'Mod+' : ''}${shiftKey && isLetter ? 'Shift+' : ''}${plain}`;
}

/** Whether a dialog of a control's own lies over everything. */
function isBehindDialog(): boolean {
  return document.querySelector('dialog[open]') !== null;
}

/** Whether the focused element has its own use for a key. */
function belongsTo(target: EventTarget | null, keys: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const types = target instanceof HTMLInputElement && !['range', 'checkbox', 'radio'].includes(target.type);
  if (types || target instanceof HTMLTextAreaElement) return keys !== 'Mod+Enter' && keys !== 'Mod+,';
  const pressable =
    target instanceof HTMLButtonElement || target instanceof HTMLInputElement || target.tagName === 'SUMMARY';
  const moves =
    target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target.role === 'option';
  return (
    (keys === ' ' && pressable) || (keys.startsWith('Arrow') && moves) || target instanceof HTMLSelectElement
  );
}

/** What the main button of each workspace does. */
const starters: Partial<
  Record<Workspace, { ready: (shell: Shell) => boolean; start: (shell: Shell) => void }>
> = {
  dream: { ready: ({ desk }) => desk.now.picture !== null, start: (shell) => void shell.dream() },
  neurons: {
    ready: ({ neurons, studio }) => neurons.order(studio.settings) !== undefined,
    start: (shell) => void shell.visualize(),
  },
  explain: {
    ready: ({ explainer }) => explainer.request !== undefined,
    start: (shell) => void shell.explainer.run(),
  },
  attack: {
    ready: ({ attacker }) => attacker.picture !== null,
    start: (shell) => void shell.attack(),
  },
};

function canStart(shell: Shell): boolean {
  return starters[shell.workspace]?.ready(shell) === true;
}

function start(shell: Shell): void {
  starters[shell.workspace]?.start(shell);
}

function canPause({ job }: Shell): boolean {
  return job !== undefined && ['running', 'paused', 'interrupted'].includes(job.state);
}

function pauseOrResume(shell: Shell): void {
  const { job } = shell;
  if (job !== undefined) void (job.state === 'running' ? shell.pause(job) : shell.continue(job));
}

function hasSteps(shell: Shell): boolean {
  return atDesk(shell) && (shell.job?.frames ?? null) !== null;
}

function atStep(shell: Shell): boolean {
  return atDesk(shell) && shell.step !== null;
}

function exportable(shell: Shell): boolean {
  if (shell.workspace === 'gallery') return shell.selection.size > 0;
  return (
    atDesk(shell) &&
    (shell.job !== undefined
      ? !isUnfinished(shell.job) || shell.job.frames !== null
      : shell.picture !== undefined)
  );
}

/** One step on along the strip; beyond its end lies the newest. */
function scrub(shell: Shell, by: number): void {
  const { job } = shell;
  if (job === undefined || job.frames === null) return;
  const next = (shell.desk.now.step ?? job.frames.last) + by;
  shell.desk.look(next > job.frames.last ? null : Math.max(next, originStep(job)));
}
