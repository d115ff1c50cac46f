/** `reverie serve`: the studio for a browser. */
import { parse, type Fields } from '../../shared/recipes/fields.ts';
import { reverieHome } from '../files/home.ts';
import { SHORTEST_TOKEN, USUAL_PORT } from '../server/defaults.ts';
import { pick, type Command } from './command.ts';

const serving = {
  port: {
    kind: 'integer',
    label: 'Port',
    help: 'The port to listen on; 0 for any free one',
    default: null,
    auto: `${USUAL_PORT}, or any free one where that is taken`,
    min: 0,
    max: 65535,
  },
  host: {
    kind: 'text',
    label: 'Host',
    help: 'The address to listen on; any but 127.0.0.1 lets other machines in, without encryption',
    default: '127.0.0.1',
  },
  token: {
    kind: 'text',
    label: 'Token',
    help: `What a browser must know, at least ${SHORTEST_TOKEN} characters`,
    default: null,
    auto: 'a new random one',
  },
} as const satisfies Fields;

export const serveCommand: Command = {
  name: 'serve',
  usage: '',
  positionals: { min: 0, max: 0 },
  summary: 'Open the studio for a browser, until Ctrl-C',
  notes: [
    'Prints the address to open. The token in it is the key: whoever has it and reaches the port can use the studio.',
  ],
  options: { Serving: serving },
  async run({ engine, power, interruption, given, stdout, stderr, page }) {
    const { port, host, token } = parse(serving, pick(given, serving));
    // The other commands need none of it.
    const { serve } = await import('../server.ts');
    const server = await serve({
      engine,
      power,
      home: reverieHome(),
      page,
      host,
      ...(port === null ? {} : { port }),
      ...(token === null ? {} : { token }),
    });
    // Said now: whoever started it waits for the address, not for the end.
    stdout.write(`${given['json'] === undefined ? server.url : JSON.stringify({ url: server.url })}\n`);
    const told = [...server.notes, ...(server.warning === null ? [] : [server.warning]), 'Ctrl-C ends it.'];
    stderr.write(`${told.join('\n')}\n`);
    await new Promise((resolve) => interruption.signal.addEventListener('abort', resolve, { once: true }));
    await server.close();
    return null;
  },
};
