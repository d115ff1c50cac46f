/**
 * An engine that starts while the command line is still being loaded and read: a command that computes waits for it longer than
 * for anything else. It is given up when it turns out not to be wanted.
 */
import { isDeepStrictEqual } from 'node:util';
import { GIVEN_UP } from '../../shared/heartbeat.ts';
import { powerIn, powerVariables } from '../../shared/power.ts';
import { forkEngine, type StartEngine } from '../studio/engine/process.ts';

/** Commands that compute. Listed here, because their descriptions are not loaded yet. */
export const COMPUTING: readonly string[] = [
  'dream',
  'film',
  'video',
  'visualize',
  'explain',
  'attack',
  'examples',
  'filters',
  'atlas',
  'classify',
  'run',
];

/** Words after which no engine is needed, or one that is started otherwise. */
const OTHERWISE = /^(--help|-h|--threads\b.*|--(no-)?quiet)$/;

export interface HeadStart {
  /** Hands over the engine that has been started, once, if it is just like the one asked for; else starts one. */
  readonly start: StartEngine;
  /** Ends the engine if nobody has asked for it. */
  readonly end: () => void;
}

/**
 * @param entry path of the built engine
 * @param words of the command line
 */
export function headStart(
  entry: string,
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
  fork: StartEngine = forkEngine,
): HeadStart {
  const wanted = COMPUTING.includes(words[0] ?? '') && !words.some((word) => OTHERWISE.test(word));
  const usual = { [GIVEN_UP]: '', ...powerVariables(powerIn(environment)) };
  let ahead = wanted ? fork(entry, usual) : undefined;
  const end = (): void => {
    ahead?.kill();
    ahead = undefined;
  };
  return {
    end,
    start(path, variables) {
      const engine = ahead;
      if (engine === undefined || path !== entry || !isDeepStrictEqual(variables, usual)) {
        end();
        return fork(path, variables);
      }
      ahead = undefined;
      return engine;
    },
  };
}
