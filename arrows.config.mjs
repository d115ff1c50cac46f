/**
 * Which folder may import which: the whole list, read by the ESLint rule below. A folder may always import itself.
 * Test files obey the same arrows, and may also import `main/engine/testing`.
 */
export const arrows = {
  shared: [],
  preload: ['shared'],
  renderer: ['shared'],
  'main/home': [],
  main: ['shared', 'main/home', 'main/studio', 'main/engine/process'],
  'main/studio': ['shared', 'main/home', 'main/engine/imaging'],
  'main/engine/process': ['shared', 'main/engine/service', 'main/engine/runtime'],
  'main/engine/service': [
    'shared',
    'main/engine/methods',
    'main/engine/runtime',
    'main/engine/models',
    'main/engine/imaging',
  ],
  'main/engine/methods': [
    'shared',
    'main/engine/ascent',
    'main/engine/models',
    'main/engine/gradient',
    'main/engine/graph',
    'main/engine/runtime',
    'main/engine/imaging',
  ],
  'main/engine/models': [
    'shared',
    'main/home',
    'main/engine/formats',
    'main/engine/gradient',
    'main/engine/graph',
    'main/engine/runtime',
  ],
  'main/engine/ascent': ['shared', 'main/engine/gradient', 'main/engine/graph', 'main/engine/imaging'],
  'main/engine/gradient': ['shared', 'main/engine/graph'],
  'main/engine/formats': ['shared', 'main/engine/graph'],
  'main/engine/runtime': ['shared', 'main/engine/formats', 'main/engine/graph'],
  'main/engine/imaging': ['shared'],
  'main/engine/graph': ['shared'],
  'main/engine/testing': [
    'shared',
    'main/engine/ascent',
    'main/engine/formats',
    'main/engine/graph',
    'main/engine/gradient',
    'main/engine/models',
    'main/engine/runtime',
    'main/engine/imaging',
  ],
  e2e: ['shared'],
};
