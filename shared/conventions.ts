/** The ways in which networks are given their pictures, each the habit of a framework. */

export interface Convention {
  readonly channelOrder: 'RGB' | 'BGR';
  /** value = (grey level − mean) / std, one for each channel in `channelOrder`. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** For a menu. */
  readonly title: string;
  /** For a sentence: "takes pictures as …". */
  readonly words: string;
}

const all = (value: number): number[] => [value, value, value];

export const CONVENTIONS = {
  /** Caffe's reference networks: the mean of each channel, rounded. */
  caffe: {
    title: "Caffe's reference networks",
    channelOrder: 'BGR',
    mean: [104, 117, 123],
    std: all(1),
    words: 'blue, green, red from 0 to 255, minus 104, 117, 123',
  },
  /** VGG, and Keras where it carries on Caffe's weights. */
  vgg: {
    title: "VGG, and Keras with Caffe's weights",
    channelOrder: 'BGR',
    mean: [103.939, 116.779, 123.68],
    std: all(1),
    words: 'blue, green, red from 0 to 255, minus 103.939, 116.779, 123.68',
  },
  /** TensorFlow-slim's `vgg_preprocessing`: the same means, in the order of its pictures. */
  slimVgg: {
    title: 'VGG and ResNet of TensorFlow-slim',
    channelOrder: 'RGB',
    mean: [123.68, 116.78, 103.94],
    std: all(1),
    words: 'red, green, blue from 0 to 255, minus 123.68, 116.78, 103.94',
  },
  /** DenseNet's Caffe networks. */
  denseNet: {
    title: 'DenseNet and MobileNet of Caffe',
    channelOrder: 'BGR',
    mean: [103.94, 116.78, 123.68],
    std: all(1 / 0.017),
    words: 'blue, green, red from 0 to 255, minus 103.94, 116.78, 123.68, times 0.017',
  },
  /** torchvision's classifiers: ImageNet's mean and deviation per channel. */
  torch: {
    title: 'PyTorch (torchvision)',
    channelOrder: 'RGB',
    mean: [123.675, 116.28, 103.53],
    std: [58.395, 57.12, 57.375],
    words: "red, green, blue from 0 to 1, minus ImageNet's mean, divided by its deviation",
  },
  /** OpenAI's CLIP: mean and deviation of the pictures that it was trained on. */
  clip: {
    title: 'CLIP',
    channelOrder: 'RGB',
    mean: [122.7709383, 116.7460125, 104.0937362],
    std: [68.5005327, 66.6321579, 70.3231631],
    words: "red, green, blue from 0 to 1, minus CLIP's mean, divided by its deviation",
  },
  /** TensorFlow's `inception_preprocessing`, and transformers trained like it. */
  symmetric: {
    title: 'TensorFlow: −1 to 1',
    channelOrder: 'RGB',
    mean: all(127.5),
    std: all(127.5),
    words: 'red, green, blue from −1 to 1',
  },
  /** Google's Inception v3 of 2015. */
  inception2015: {
    title: "Google's Inception v3 of 2015",
    channelOrder: 'RGB',
    mean: all(128),
    std: all(128),
    words: 'red, green, blue from −1 to 1 ((value − 128) / 128)',
  },
  /** Google's first Inception in TensorFlow, of the DeepDream tutorial. */
  inception5h: {
    title: "Google's Inception of the DeepDream tutorial",
    channelOrder: 'RGB',
    mean: all(117),
    std: all(1),
    words: 'red, green, blue from 0 to 255, minus 117',
  },
  /** Networks that do the rest themselves. */
  levels: {
    title: '0 to 255, as they are',
    channelOrder: 'RGB',
    mean: all(0),
    std: all(1),
    words: 'red, green, blue from 0 to 255',
  },
  unit: {
    title: '0 to 1',
    channelOrder: 'RGB',
    mean: all(0),
    std: all(255),
    words: 'red, green, blue from 0 to 1',
  },
} as const satisfies Record<string, Convention>;
