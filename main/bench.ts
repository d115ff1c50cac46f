/** `npm run bench`: what this machine makes of the engine, as tables for people or as JSON for programs. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BLACK_BOX, PHYSICAL } from './bench/attack-cases.ts';
import { attackTables, slowAttackTable } from './bench/attacks-table.ts';
import {
  SLOW_PHOTOS,
  benchAttacks,
  benchSlowAttacks,
  classifierFiles,
  photosFolder,
  type AttackBench,
} from './bench/attacks.ts';
import { deviceTable } from './bench/devices-table.ts';
import { benchDevices } from './bench/devices.ts';
import { Kept } from './bench/kept.ts';
import { PARTS, networkFiles, runBench } from './bench/run.ts';
import { tables } from './bench/tables.ts';
import { selectivityTables } from './bench/selectivity-table.ts';
import { benchSelectivity } from './bench/selectivity.ts';
import { physicalTable } from './bench/physical-table.ts';
import { readWindowFigures } from './bench/window.ts';

const USAGE = `npm run bench -- [--json] [--only ${PARTS.join('|')}|attacks|black-box|physical|selectivity|devices] [--photos <n>] [--methods <a,b>] [--keep <folder>] [--minutes <n>] [network.onnx ...]

Measures the network that comes with Reverie and those in ../shared/models, unless others are named. The attacks, which take
many minutes, and the selectivity of GoogLeNet's optimised images run only when they are asked for, on the photos in ../shared/images, all of them or the
first <n>; attacks on black boxes (black-box) on the first ${SLOW_PHOTOS}; they and those before cameras (physical) on the first network.
--methods leaves out the others. --keep keeps the result of every photo in a folder, where an interrupted run finds it again;
after --minutes nothing new is begun, and what there is is printed.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    only: { type: 'string' },
    photos: { type: 'string' },
    methods: { type: 'string' },
    keep: { type: 'string' },
    minutes: { type: 'string' },
    help: { type: 'boolean' },
  },
});

const print = (text: string): boolean => process.stdout.write(`${text}\n`);

if (values.help === true) print(USAGE);
else if (values.only === 'attacks') {
  const report = await benchAttacks(attackBench(classifierFiles(), Infinity));
  print(values.json === true ? JSON.stringify(report) : attackTables(report).join('\n'));
} else if (values.only === 'physical') {
  const rows = await benchSlowAttacks(attackBench(classifierFiles().slice(0, 1), Infinity), PHYSICAL);
  print(values.json === true ? JSON.stringify(rows) : physicalTable(rows).join('\n'));
} else if (values.only === 'black-box') {
  const rows = await benchSlowAttacks(attackBench(classifierFiles().slice(0, 1), SLOW_PHOTOS), BLACK_BOX);
  print(values.json === true ? JSON.stringify(rows) : slowAttackTable(rows).join('\n'));
} else if (values.only === 'devices') {
  const rows = await benchDevices(positionals.length > 0 ? positionals : networkFiles(), (line) =>
    process.stderr.write(`${line}\n`),
  );
  print(values.json === true ? JSON.stringify(rows) : deviceTable(rows).join('\n'));
} else if (values.only === 'selectivity') {
  const report = await benchSelectivity({
    network: positionals[0] ?? join(photosFolder(), '..', 'models', 'googlenet.onnx'),
    photos: photosFolder(),
    channels: 50,
    classes: 30,
    threads: 0,
    tell: (line) => process.stderr.write(`${line}\n`),
  });
  print(values.json === true ? JSON.stringify(report) : selectivityTables(report).join('\n'));
} else {
  const only = PARTS.find((part) => part === values.only);
  const report = await runBench(positionals.length > 0 ? positionals : networkFiles(), only);
  const window = await readWindowFigures(join(import.meta.dirname, '..', 'window.json'));
  print(values.json === true ? JSON.stringify({ ...report, window }) : tables(report, window).join('\n'));
}

/** @param networks where none are named @param photos where no number is given */
function attackBench(networks: readonly string[], photos: number): AttackBench {
  const { methods, keep, minutes } = values;
  return {
    networks: positionals.length > 0 ? positionals : networks,
    photos: { folder: photosFolder(), count: Number(values.photos ?? photos) },
    methods: methods?.split(',') ?? null,
    kept: new Kept(keep ?? null, Number(minutes ?? Infinity)),
    tell: (line) => process.stderr.write(`${line}\n`),
  };
}
