/** What bringing a network does with its bytes, and the promise that it gives: a network, or one sentence, soon. */
import { ReverieError } from '../../../../shared/errors.ts';
import { readNetwork, type NetworkFile } from '../../formats/network.ts';
import { aliasesOf } from '../../models/aliases.ts';
import { Model, pictureInput } from '../../models/model.ts';
import { recognise } from '../../models/recognise.ts';
import { requireSoundWeights } from '../../models/sound.ts';

/** The longest that an attempt may take, in milliseconds: far more than any takes, and far less than what grows with the square. */
export const LONGEST = 10_000;

/** How much the process may grow meanwhile, in bytes. */
const GROWTH = 500 * 2 ** 20;

/** The longest sentence that anybody reads, in characters. */
const LENGTH = 1000;

/** At another size, shapes and tables that were written for one are restated; or the network has that one alone. */
function otherwise(model: Model): void {
  try {
    model.layers({ width: 96, height: 64 });
  } catch (error) {
    if (!(error instanceof ReverieError && error.code === 'image/size')) throw error;
    requireSentence(new ReverieError('model/unsupported', error.message));
  }
}

/** From the bytes of a file to the list of its layers. */
async function bring(file: NetworkFile): Promise<void> {
  const network = readNetwork(file);
  const input = pictureInput(network.graph, 'hostile');
  const { card } = await recognise(network, input);
  requireSoundWeights(network.graph);
  const model = new Model('hostile', '', network.graph, card, network.format);
  aliasesOf(model.layers());
  otherwise(model);
}

/**
 * Whether a network was brought; what was wrong about how it was refused is thrown.
 *
 * @throws Error for any other error, a code of another area, what is no sentence, and what took too long or too much memory
 */
export async function attempt(act: () => Promise<unknown>): Promise<boolean> {
  const begun = {
    at: performance.now(),
    worked: process.cpuUsage(),
    memory: process.memoryUsage.rss(),
    peak: peak(),
  };
  let brought = true;
  try {
    await act();
  } catch (error) {
    requireSentence(error);
    brought = false;
  }
  const { user, system } = process.cpuUsage(begun.worked);
  // On a machine that others keep busy, what counts is the work.
  const took = Math.min(performance.now() - begun.at, (user + system) / 1000);
  if (took > LONGEST) throw new Error(`It took ${Math.round(took)} ms.`);
  const grown = peak() > begun.peak ? peak() - begun.memory : 0;
  if (grown > GROWTH) throw new Error(`It took ${Math.round(grown / 2 ** 20)} MiB.`);
  return brought;
}

/** The most memory that the process ever had, in bytes. */
const peak = (): number => process.resourceUsage().maxRSS * 1024;

/** As {@link attempt}, of a network in memory. */
export const attemptFile = (file: NetworkFile): Promise<boolean> => attempt(() => bring(file));

/** Throws unless an error is one that a person can be shown. */
function requireSentence(error: unknown): void {
  if (!(error instanceof ReverieError)) throw error;
  const { code, message } = error;
  if (!/^model\//.test(code)) throw new Error(`The code is ${code}: ${message}`, { cause: error });
  if (!message.endsWith('.') || message.length > LENGTH || /\p{Cc}/u.test(message))
    throw new Error(
      `This is no sentence (${message.length} characters): ${JSON.stringify(message.slice(0, 300))}`,
      {
        cause: error,
      },
    );
}
