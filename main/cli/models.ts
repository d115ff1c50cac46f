/** `reverie models`: the installed networks, and the layers of one. */
import type { ModelInfo } from '../../shared/contract/models.ts';
import { ReverieError } from '../../shared/errors.ts';
import { didYouMean } from '../../shared/nearest.ts';
import { parse, type Fields } from '../../shared/recipes/fields.ts';
import type { Command, Context, Outcome } from './command.ts';
import { catalogue, download } from './download.ts';
import { pick } from './dream.ts';
import { columns } from '../../shared/columns.ts';

const inspection = {
  size: {
    kind: 'integer',
    label: 'Size',
    help: "Side of the square input for which the layers' sizes are given",
    unit: 'px',
    default: null,
    auto: "the network's own",
    min: 1,
    max: 8192,
  },
} as const satisfies Fields;

const ACTIONS: Readonly<Record<string, (context: Context, model: string | undefined) => Promise<Outcome>>> = {
  list,
  inspect,
  catalogue,
  download,
};

export const modelsCommand: Command = {
  name: 'models',
  usage: `<${Object.keys(ACTIONS).join('|')}> [model]`,
  positionals: { min: 1, max: 2 },
  summary: 'List the installed networks, or the layers of one (by its id or the path of its file)',
  notes: [
    'The catalogue lists networks that "download" fetches, verifies and installs; it goes on where it was stopped.',
    'Nothing but "download" contacts anybody.',
  ],
  options: { Inspect: inspection },
  run(context) {
    const [word = '', model] = context.positionals;
    const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
    if (action !== undefined) return action(context, model);
    const words = Object.keys(ACTIONS);
    throw new ReverieError(
      'usage/option',
      `reverie models takes one of ${words.join(', ')}, not "${word}".${didYouMean(word, words)}`,
    );
  },
};

async function list({ engine, interruption }: Context): Promise<Outcome> {
  const json = await interruption.unless(engine.listModels());
  const rows = json.models.map((model) => [
    model.id,
    model.format,
    `${(model.bytes / 2 ** 20).toFixed(1)} MiB`,
    model.default ? `${model.title} (default)` : model.title,
  ]);
  return { json, lines: rows.length === 0 ? ['No network is installed.'] : columns(rows) };
}

async function inspect(context: Context, model: string | undefined): Promise<Outcome> {
  const { size } = parse(inspection, pick(context.given, inspection));
  const info = await context.interruption.unless(context.engine.inspectModel({ model: model ?? null, size }));
  return { json: info, lines: [...headOf(info), '', ...layersOf(info)] };
}

function headOf({
  name,
  format,
  parameters,
  input,
  minSize,
  classes,
  labelled,
  dreamLayers,
}: ModelInfo): string[] {
  const classifier =
    classes === null ? 'not a classifier' : `${classes} classes${labelled ? '' : ' without names'}`;
  return [
    `${name}: ${format}, ${(parameters / 1e6).toFixed(2)} million parameters, ${classifier}`,
    `input "${input.name}": ${input.width}×${input.height} ${input.order}, ${input.free ? 'other sizes work' : 'this size only'}, at least ${minSize} pixels`,
    `value = (grey level − [${input.mean.join(', ')}]) × [${input.scale.join(', ')}]`,
    `dreams of ${dreamLayers.join(', ')}`,
  ];
}

function layersOf({ layers }: ModelInfo): string[] {
  const rows = layers.map(({ name, op, channels, width, height, parameters }) => {
    return [
      name,
      op,
      `${channels} channels`,
      `${width}×${height}`,
      parameters === 0 ? '' : `${parameters} parameters`,
    ];
  });
  return columns(rows);
}
