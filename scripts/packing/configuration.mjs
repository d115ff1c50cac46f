/**
 * What electron-builder makes of the product: which files go in, what the packages of each system are called and say of
 * themselves, and with which switches the program is closed. e2e/desktop/packed.spec.ts looks into what comes out.
 */
import { networkFiles, pictureExtensions, pictureTypes } from './opens.mjs';

/** The product's own files, as `--mode desktop` builds them. */
export const ownFiles = [
  { from: 'dist/desktop', to: 'dist/main', filter: ['**/*'] },
  { from: 'dist/preload', to: 'dist/preload', filter: ['**/*', '!**/*.map'] },
  { from: 'dist/renderer', to: 'dist/renderer', filter: ['**/*', '!**/*.map'] },
];

/** Everything of a library but these, which are all that runs; licences stay with all of them. */
const LICENCES = 'LICENSE*|package.json';
const RUNNING = {
  '@techstark/opencv-js': ['dist'],
  '@techstark/opencv-js/dist': ['opencv.js'],
  '@tensorflow/tfjs-backend-wasm': ['dist'],
  '@tensorflow/tfjs-backend-wasm/dist': ['tf-backend-wasm.node.js', '*.wasm'],
  '@tensorflow/tfjs-core': ['dist'],
  '@tensorflow/tfjs-core/dist': ['tf-core.node.js'],
  koffi: ['index.*', 'src'],
  'koffi/src/koffi': ['index.*', 'src'],
  'koffi/src/koffi/src': ['static.*'],
  'onnxruntime-common': ['dist'],
  'onnxruntime-common/dist': ['cjs'],
  'onnxruntime-node': ['bin', 'dist'],
  protobufjs: ['light.js', 'src'],
  seedrandom: ['index.js', 'seedrandom.js', 'lib'],
};

/** Libraries that nothing asks for when the program runs. sharp brings libvips, and its own add-on is not used. */
const UNUSED = [
  '@img/colour',
  '@tensorflow/tfjs-backend-cpu',
  '@types',
  '@webgpu',
  'adm-zip',
  'define-data-property',
  'define-properties',
  'detect-libc',
  'es-define-property',
  'es-errors',
  'escape-string-regexp',
  'global-agent',
  'globalthis',
  'gopd',
  'has-property-descriptors',
  'matcher',
  'object-keys',
  'semver',
  'serialize-error',
  'sharp',
  'type-fest',
];

/**
 * Which files of the libraries stay out: what builds or describes, and what is for other systems and processors.
 * @param platform @param arch as Node names them
 */
export function withoutOthers(platform, arch) {
  const module = (path) => [`!**/node_modules/${path}`, `!**/node_modules/${path}/**`];
  const bin = 'onnxruntime-node/bin/napi-v6';
  return [
    '!**/*.{map,ts,mts,cts,md,markdown,tsbuildinfo,lib,min.js}',
    '!**/{tsconfig.json,test.js,bower.json,Gruntfile.js,.nvmrc}',
    ...UNUSED.flatMap(module),
    ...Object.entries(RUNNING).flatMap(([path, names]) =>
      module(`${path}/!(${[...names, LICENCES].join('|')})`),
    ),
    ...module(`${bin}/!(${platform})`),
    ...module(`${bin}/${platform}/!(${arch})`),
    // koffi's for the other C library of Linux.
    ...module('@koromix/koffi-*/musl_*'),
    // Headers, and sharp's add-on with what calls it; on Windows libvips itself lies beside that.
    ...module('@img/*/lib/glib-2.0'),
    ...(platform === 'win32'
      ? ['!**/node_modules/@img/*/lib/{*.node,libvips-cpp*}']
      : module('@img/sharp-!(libvips)*')),
  ];
}

/**
 * @param files what is packed, of {@link ownFiles} or in place of them
 * @param electron what is different for the Electron at hand
 * @param output relative to the root
 * @param environment with the certificates, if there are any
 */
export function configuration({ files, electron, output, environment }) {
  const { electronFuses, ...rest } = electron;
  return {
    appId: 'app.reverie.studio',
    productName: 'Reverie',
    copyright: 'The Reverie authors',
    artifactName: 'reverie-${version}-${os}-${arch}.${ext}',
    directories: { output, buildResources: 'build' },
    files: ['package.json', ...files, ...withoutOthers(process.platform, process.arch)],
    // Outside the archive: people look at networks, and native libraries open files themselves.
    extraResources: [{ from: 'models', to: 'models', filter: ['**/*', '!training/**'] }],
    asarUnpack: ['onnxruntime-node', '@img', '@koromix', '@tensorflow/tfjs-backend-wasm'].map(
      (name) => `**/node_modules/${name}/**`,
    ),
    // All native modules are N-API with prebuilt files.
    npmRebuild: false,
    electronFuses: {
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      enableCookieEncryption: true,
      grantFileProtocolExtraPrivileges: false,
      ...electronFuses,
    },
    fileAssociations: networkFiles.map(({ extension, name, type }) => ({
      ext: extension,
      name,
      mimeType: type,
      role: 'Viewer',
    })),
    // Chromium's own words for its own menus and errors; everything else that the program says is English, too.
    electronLanguages: ['en'],
    mac: mac(environment),
    // For the user who opens it, without an administrator.
    win: { target: ['nsis', 'zip'], executableName: 'Reverie' },
    nsis: { oneClick: true, perMachine: false },
    // The other packages of Linux are made from the same folder by the system's own tools.
    linux: {
      target: ['AppImage'],
      executableName: 'reverie',
      category: 'Graphics',
      icon: 'build/icons',
      mimeTypes: pictureTypes,
    },
    toolsets: { appimage: '1.0.3' },
    ...rest,
  };
}

function mac({ CSC_LINK, APPLE_ID }) {
  const isSigned = Boolean(CSC_LINK);
  const entitlements = `build/entitlements${isSigned ? '' : '.unsigned'}.plist`;
  return {
    target: ['dmg', 'zip'],
    category: 'public.app-category.graphics-design',
    minimumSystemVersion: '13.0',
    hardenedRuntime: true,
    entitlements,
    entitlementsInherit: entitlements,
    // Programs for Apple's processors do not start without any signature: this is one that names nobody.
    ...(isSigned ? {} : { identity: '-' }),
    notarize: isSigned && Boolean(APPLE_ID),
    fileAssociations: { ext: pictureExtensions, name: 'Picture', role: 'Viewer', rank: 'Alternate' },
  };
}
