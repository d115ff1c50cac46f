/**
 * Which folder may import which: the whole list, which `npm run check` goes by (scripts/import-rules.mjs). A
 * folder may always import itself. Test files, and what they share in a folder `testing`, obey the same
 * arrows, and may also import `main/engine/testing`.
 */
export const arrows = {
  shared: [],
  preload: ['shared'],
  renderer: ['shared'],
  // The window's build adds what it tells of the program.
  'renderer/vite': ['scripts/about'],
  'scripts/about': [],
  // Where files lie, and how they are written whole.
  'main/files': ['shared', 'main/log'],
  'main/log': ['shared'],
  // The catalogue of networks is data of the program.
  models: [],
  'main/catalogue': ['shared', 'main/files', 'models'],
  main: [
    'shared',
    'main/files',
    'main/log',
    'main/catalogue',
    'main/studio',
    'main/bench',
    'main/engine/process',
  ],
  'main/bench': [
    'shared',
    'main/engine/methods',
    'main/engine/ascent',
    'main/engine/attack',
    'main/engine/models',
    'main/engine/gradient',
    'main/engine/graph',
    'main/engine/runtime',
    'main/engine/imaging',
  ],
  'main/studio': ['shared', 'main/files', 'main/log', 'main/catalogue', 'main/engine/imaging'],
  'main/engine/process': ['shared', 'main/log', 'main/engine/service', 'main/engine/runtime'],
  'main/engine/service': [
    'shared',
    'main/files',
    'main/engine/methods',
    'main/engine/runtime',
    'main/engine/models',
    'main/engine/imaging',
  ],
  'main/engine/methods': [
    'shared',
    'main/files',
    // The version of the program, of which units of work are.
    'main/log',
    'main/engine/ascent',
    'main/engine/attack',
    'main/engine/attribution',
    // Explanations leave as ONNX files.
    'main/engine/formats',
    'main/engine/models',
    'main/engine/gradient',
    'main/engine/graph',
    'main/engine/runtime',
    'main/engine/imaging',
  ],
  'main/engine/attack': [
    'shared',
    'main/engine/ascent',
    'main/engine/gradient',
    'main/engine/graph',
    'main/engine/imaging',
  ],
  'main/engine/models': [
    'shared',
    'main/files',
    'main/log',
    'main/engine/formats',
    'main/engine/gradient',
    'main/engine/graph',
    'main/engine/runtime',
  ],
  'main/engine/attribution': [
    'shared',
    'main/engine/ascent',
    'main/engine/gradient',
    'main/engine/graph',
    'main/engine/imaging',
  ],
  'main/engine/ascent': ['shared', 'main/engine/gradient', 'main/engine/graph', 'main/engine/imaging'],
  'main/engine/gradient': ['shared', 'main/engine/graph'],
  'main/engine/formats': ['shared', 'main/engine/graph'],
  'main/engine/runtime': ['shared', 'main/files', 'main/log', 'main/engine/formats', 'main/engine/graph'],
  'main/engine/imaging': ['shared', 'main/files'],
  'main/engine/graph': ['shared'],
  'main/engine/testing': [
    'shared',
    'main/engine/ascent',
    'main/engine/attribution',
    'main/engine/formats',
    'main/engine/graph',
    'main/engine/gradient',
    'main/engine/models',
    'main/engine/runtime',
    'main/engine/imaging',
  ],
  // Tests of the engine's process and the studio's rescue of jobs together.
  'main/no-job-lost': ['shared', 'main/studio', 'main/engine/process', 'main/engine/testing'],
  // A test of everything that is stored.
  'main/stored-formats': ['shared', 'main', 'main/studio', 'main/engine/models', 'main/engine/runtime'],
  // A tiny network to import is written by the one writer of ONNX files.
  e2e: ['shared', 'main/engine/testing', 'package.json'],
  // Its name, version and packages.
  'package.json': [],
};
