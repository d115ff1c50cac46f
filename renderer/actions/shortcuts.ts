/** Keyboard shortcuts: those of the whole window, and those of its workspaces. The handler and the help sheet both read them here. */
import type { Shell, Shortcut, Workspace } from '../state/shell.svelte.ts';

/** The keys of a window with these workspaces, in the order in which they are told. */
export function shortcutsOf(workspaces: readonly Workspace[]): readonly Shortcut[] {
  return [
    ...workspaces.map(({ name, title, key }) => ({
      keys: key,
      label: title,
      run: (shell: Shell) => shell.go(name),
    })),
    {
      keys: 'Mod+Enter',
      label: 'Start what this workspace is for',
      when: (shell) => shell.workspace.start?.ready(shell) === true,
      run: (shell) => shell.begin(),
    },
    ...workspaces.flatMap(({ shortcuts = [] }) => shortcuts),
    {
      keys: 'Mod+e',
      label: 'Export',
      when: (shell) => shell.workspace.exports?.(shell) !== undefined,
      run: (shell) => (shell.sheet = 'export'),
    },
    { keys: 'Mod+v', label: 'Add a picture from the clipboard' },
    { keys: 'Mod+,', label: 'Settings', run: (shell) => (shell.sheet = 'settings') },
    { keys: '?', label: 'This list', run: (shell) => shell.help('keyboard') },
  ];
}

/** Runs what a key stands for; whether anything did. Keys that type, or that a control needs, are left alone. */
export function handleKey(event: KeyboardEvent, shell: Shell): boolean {
  const keys = keysOf(event);
  const shortcut = shortcutsOf(shell.workspaces).find((candidate) => candidate.keys === keys);
  if (shortcut?.run === undefined || shortcut.when?.(shell) === false) return false;
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
