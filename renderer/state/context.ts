/** The shell, for every component of the window. */
import { createContext } from 'svelte';
import type { Shell } from './shell.svelte.ts';

export const [useShell, provideShell] = createContext<Shell>();

/** A desk of the window, by its class. */
export function useDesk<Desk extends object>(Kind: new (shell: Shell) => Desk): Desk {
  return useShell().desk(Kind);
}
