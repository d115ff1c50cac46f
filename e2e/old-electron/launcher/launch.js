/** Starts the application whose folder is on the command line, as the default application of Electron's own program does. */
const { readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { app } = require('electron');

const at = process.argv.findIndex((word, index) => index > 0 && !word.startsWith('-'));
const folder = resolve(process.argv[at]);
// Where the default application leaves it, whatever flags came before it.
process.argv.splice(at, 1);
process.argv.splice(1, 0, folder);
const { name, version, main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
app.setName(name);
app.setVersion(version);
app.setAppPath(folder);
require(join(folder, main));
