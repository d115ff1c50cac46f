import { describe, expect, it } from 'vitest';
import { workspaces } from '../workspaces/registry.ts';
import { printed, shortcutsOf } from './shortcuts.ts';

describe('shortcuts', () => {
  it('use no key twice', () => {
    const keys = shortcutsOf(workspaces).map((shortcut) => shortcut.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each([
    ['Mod+Shift+z', 'linux', ['Ctrl', 'Shift', 'Z']],
    ['Mod+Shift+z', 'darwin', ['⌘', '⇧', 'Z']],
    [' ', 'browser', ['Space']],
    ['ArrowLeft', 'win32', ['←']],
    ['Mod+,', 'win32', ['Ctrl', ',']],
  ])('%s on %s is printed as %j', (keys, platform, names) => {
    expect(printed(keys, platform)).toEqual(names);
  });
});
