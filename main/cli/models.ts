/** `reverie models`: the installed networks, and the layers of one. */
import type { LayerInfo, ModelInfo } from '../../shared/contract/models.ts';
import { networkFields } from '../../shared/contract/network-card.ts';
import { ReverieError } from '../../shared/errors.ts';
import { didYouMean } from '../../shared/nearest.ts';
import { parse, type Fields } from '../../shared/recipes/fields.ts';
import { pick, type Command, type Context, type Outcome } from './command.ts';
import { catalogue, download } from './download.ts';
import { editModel, importModel, inputOf, removeModel } from './networks.ts';
import { columns } from '../../shared/columns.ts';

const inspection = {
  size: {
    kind: 'integer',
    label: 'Size',
    help: "Side of the square input for which the layers' sizes are given; of the network's own with import and edit",
    unit: 'px',
    default: null,
    auto: "the network's own",
    min: 1,
    max: 8192,
  },
  search: {
    kind: 'text',
    label: 'Search',
    help: 'Show only layers with this in their name, an alias or the operator',
    default: null,
    auto: 'all layers',
  },
} as const satisfies Fields;

/** What `import` and `edit` take beside `--size`, which is the same for them as for `inspect`. */
const { size: _size, ...correction } = networkFields;

const ACTIONS: Readonly<Record<string, (context: Context, model: string | undefined) => Promise<Outcome>>> = {
  list,
  inspect,
  import: importModel,
  edit: editModel,
  remove: removeModel,
  catalogue,
  download,
};

export const modelsCommand: Command = {
  name: 'models',
  usage: `<${Object.keys(ACTIONS).join('|')}> [model]`,
  positionals: { min: 1, max: 2 },
  summary: 'List the installed networks, look into one, bring your own, correct or remove it',
  notes: [
    'A network to inspect is named by its id or the path of its file.',
    'Import takes ONNX, frozen TensorFlow graphs and Caffe networks (with the .prototxt beside them), also in a zip.',
    'The catalogue lists networks that "download" fetches, verifies and installs; it goes on where it was stopped.',
    'Nothing but "download" contacts anybody.',
  ],
  options: { Inspect: inspection, 'Import and edit': correction },
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
  const { size, search } = parse(inspection, pick(context.given, inspection));
  const info = await context.interruption.unless(context.engine.inspectModel({ model: model ?? null, size }));
  const layers = search === null ? info.layers : only(info.layers, search);
  const found = layers.length === 0 ? [`No layer has "${search ?? ''}" in its name.`] : layersOf(layers);
  return { json: { ...info, layers }, lines: [...headOf(info), '', ...found] };
}

/** The layers that match, which read from each other at their new places. */
function only(all: readonly LayerInfo[], search: string): LayerInfo[] {
  const found = all.filter((layer) => matches(layer, search));
  const places = new Map(found.map((layer, place) => [layer, place]));
  const placeOf = (i: number): number[] => {
    const layer = all[i];
    const place = layer === undefined ? undefined : places.get(layer);
    return place === undefined ? [] : [place];
  };
  return found.map((layer) => ({ ...layer, inputs: layer.inputs.flatMap(placeOf) }));
}

function matches({ name, aliases, op }: LayerInfo, search: string): boolean {
  const needle = search.toLowerCase();
  return [name, op, ...aliases].some((text) => text.toLowerCase().includes(needle));
}

function headOf(info: ModelInfo): string[] {
  const { name, format, parameters, input, minSize, labelled, dreamLayers, card } = info;
  const names = card.labels ?? (labelled ? 'named' : 'without names');
  return [
    `${name}: ${format}, ${(parameters / 1e6).toFixed(2)} million parameters, ${answersOf(info, names)}`,
    card.why,
    `input ${inputOf(input)}; ${input.free ? 'other sizes work' : 'it answers at this size only'}, at least ${minSize} pixels`,
    ...outputLines(info),
    `dreams of ${dreamLayers.join(', ')}`,
    ...info.withoutGradient.map(
      ({ operator, layers }) => `no gradient passes ${operator} (${someOf(layers)})`,
    ),
    ...info.unsupported.map(
      ({ operator, nodes }) =>
        `without ${operator} (${someOf(nodes)}), which is not supported, and what depends on it`,
    ),
  ];
}

const someOf = (names: readonly string[]): string =>
  `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;

/** What a network tells, in a phrase. */
function answersOf({ answers, classes }: Pick<ModelInfo, 'answers' | 'classes'>, names: string): string {
  if (classes === null) return 'not a classifier';
  if (answers !== 'sigmoid') return `${classes} classes (${names})`;
  return classes === 1 ? 'yes or no' : `${classes} things, each by itself (${names})`;
}

/** Which outputs there are to choose from. */
function outputLines({ outputs, output }: ModelInfo): string[] {
  if (outputs.length < 2) return [];
  const list = outputs.map(({ name, shape, answers, classes }) => {
    const what = classes === null ? 'features' : answers === 'sigmoid' ? 'yes or no' : `${classes} classes`;
    return `"${name}" [${shape.join(', ')}] (${what}${name === output ? ', taken' : ''})`;
  });
  return [`gives ${list.join(' and ')}; choose with --output`];
}

function layersOf(layers: readonly LayerInfo[]): string[] {
  const tokens = layers.some(({ axes }) => axes.some((axis) => axis.endsWith('tokens')));
  const rows = layers.map((layer) => [
    layer.name,
    layer.op,
    layer.channels === 0 ? '' : String(layer.channels),
    `${layer.width}×${layer.height}`,
    ...(tokens ? [layer.axes.join(', ')] : []),
    layer.parameters === 0 ? '' : layer.parameters.toLocaleString('en'),
    layer.receptiveField === null ? 'all' : String(layer.receptiveField),
    layer.stride === null ? '' : String(layer.stride),
    layer.aliases.join(', '),
  ]);
  return columns([
    [
      'layer',
      'operator',
      'channels',
      'size',
      ...(tokens ? ['axes'] : []),
      'parameters',
      'sees px',
      'stride',
      'also called',
    ],
    ...rows,
  ]);
}
