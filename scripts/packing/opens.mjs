/** What files the installed program says it opens: networks by double click, pictures among others that open them. */

/** Kinds that no system knows: each gets a name and a media type of its own. */
export const networkFiles = [
  { extension: 'onnx', name: 'ONNX network', type: 'application/x-onnx' },
  { extension: 'pb', name: 'TensorFlow network', type: 'application/x-tensorflow-graph' },
  { extension: 'caffemodel', name: 'Caffe network', type: 'application/x-caffemodel' },
];

/** The formats of shared/picture-formats.ts, which a test holds against this. */
export const pictureTypes = [
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/tiff',
  'image/avif',
  'image/gif',
];

/** The same as {@link pictureTypes} for systems that go by extensions. */
export const pictureExtensions = ['png', 'jpg', 'jpeg', 'jpe', 'jfif', 'webp', 'tif', 'tiff', 'avif', 'gif'];
