/**
 * Families of networks by their marks. Names tell the framework, which tells how pictures go in; sizes and counts tell the
 * member. The first that matches is taken, so what was published once, by name, comes before habits of a framework.
 */
import type { Certainty } from '../../../shared/contract/models.ts';
import type { CONVENTIONS } from '../../../shared/conventions.ts';
import type { Evidence } from './evidence.ts';

export interface KnownNetwork {
  /** `GoogLeNet`; for several members, from what sets them apart. */
  readonly name: string | ((evidence: Evidence) => string);
  /** Whose files they are, for the sentence: "as published for Caffe". */
  readonly published: string;
  readonly certainty: Extract<Certainty, 'known' | 'likely'>;
  readonly convention: keyof typeof CONVENTIONS;
  /** Side of the pictures, where the file does not say. */
  readonly size: number;
  readonly matches: (evidence: Evidence) => boolean;
  /** Tensor of the scores, where the end of the network does not show it. */
  readonly logits?: string;
  /** Its classes, where their count is ambiguous; `null` for names in an order that is not known. */
  readonly labels?: string | null;
}

/** Whether all patterns occur. */
const names =
  (...patterns: readonly RegExp[]) =>
  ({ has }: Evidence): boolean =>
    patterns.every(has);

/** The member of a family by its number of convolutions. */
const member =
  (family: string, counts: Readonly<Record<number, string>>) =>
  ({ convolutions }: Evidence): string => {
    const found = counts[convolutions];
    return found === undefined ? family : `${family}-${found}`;
  };

const resNet = member('ResNet', { 20: '18', 21: '18', 36: '34', 37: '34', 53: '50', 104: '101', 155: '152' });
const resNetV2 = member('ResNet v2', { 53: '50', 104: '101', 155: '152', 17: '18', 33: '34' });
const vgg = member('VGG', { 8: '11', 10: '13', 13: '16', 16: '19' });
const denseNet = member('DenseNet', { 120: '121', 160: '161', 168: '169', 200: '201' });

const CAFFE = 'as published for Caffe';
const KERAS = 'as Keras names its layers';
const TORCHVISION = 'as torchvision names its layers';
const HUGGING_FACE = 'as Hugging Face names its layers';
const SLIM = 'as TensorFlow-slim names its layers';

export const KNOWN_NETWORKS: readonly KnownNetwork[] = [
  {
    name: 'Inception v1 (2015)',
    published: 'the graph of the first DeepDream tutorial',
    certainty: 'known',
    convention: 'inception5h',
    size: 224,
    logits: 'softmax2_pre_activation',
    labels: null,
    matches: names(/^conv2d0$/, /^mixed4c$/, /^localresponsenorm0$/),
  },
  {
    name: 'Inception v3 (2015)',
    published: "Google's graph of December 2015",
    certainty: 'known',
    convention: 'inception2015',
    size: 299,
    logits: 'softmax/logits',
    labels: null,
    matches: names(/^mixed_8\/(join|tower)/),
  },
  {
    name: 'GoogLeNet',
    published: CAFFE,
    certainty: 'known',
    convention: 'caffe',
    size: 224,
    matches: names(/^inception_4c\/output/, /^inception_5b\//),
  },
  {
    name: vgg,
    published: CAFFE,
    certainty: 'known',
    convention: 'vgg',
    size: 224,
    matches: (e) => names(/^conv5_3(_1)?$/, /^fc8/)(e) || (e.format === 'caffe' && e.has(/^conv5_3$/)),
  },
  {
    name: resNet,
    published: CAFFE,
    certainty: 'known',
    convention: 'caffe',
    size: 224,
    matches: names(/^res5[a-c]/, /^res2a_branch2a/),
  },
  {
    name: (e) => (e.first[2] === 7 ? 'SqueezeNet 1.0' : 'SqueezeNet 1.1'),
    published: CAFFE,
    certainty: 'known',
    convention: 'caffe',
    size: 227,
    matches: names(/^fire9\/(concat|expand1x1)/),
  },
  {
    name: denseNet,
    published: CAFFE,
    certainty: 'known',
    convention: 'denseNet',
    size: 224,
    matches: names(/^(conv|concat)_?5_(blk|16|24|32)/, /^(conv|concat)_?2_/),
  },
  {
    name: 'AlexNet',
    published: `${CAFFE} (AlexNet or CaffeNet)`,
    certainty: 'known',
    convention: 'caffe',
    size: 227,
    matches: (e) => e.first[2] === 11 && names(/^norm1(_1)?$/, /^fc[78]/)(e),
  },
  {
    name: 'MobileNet',
    published: 'as it was trained for Caffe',
    certainty: 'likely',
    convention: 'denseNet',
    size: 224,
    matches: (e) => e.format === 'caffe' && e.has(/^conv\d_\d\/(dw|sep|expand|dwise)/),
  },
  {
    name: 'Inception v3',
    published: KERAS,
    certainty: 'known',
    convention: 'symmetric',
    size: 299,
    matches: (e) => names(/(^|\/)mixed10(\/|$)/, /(^|\/)mixed7(\/|$)/)(e) && !e.has(/Mixed_7/),
  },
  {
    name: resNetV2,
    published: KERAS,
    certainty: 'known',
    convention: 'symmetric',
    size: 224,
    matches: names(/conv2_block1_preact_bn/),
  },
  {
    name: denseNet,
    published: KERAS,
    certainty: 'known',
    convention: 'torch',
    size: 224,
    matches: names(/conv5_block16_concat/),
  },
  {
    name: resNet,
    published: KERAS,
    certainty: 'known',
    convention: 'vgg',
    size: 224,
    matches: names(/conv5_block3_(out|add)/, /conv2_block1_/),
  },
  {
    name: vgg,
    published: KERAS,
    certainty: 'known',
    convention: 'vgg',
    size: 224,
    matches: names(/block5_conv2/, /block1_conv1/),
  },
  {
    name: 'Xception',
    published: KERAS,
    certainty: 'known',
    convention: 'symmetric',
    size: 299,
    matches: names(/block14_sepconv2/),
  },
  {
    name: 'Inception-ResNet v2',
    published: KERAS,
    certainty: 'known',
    convention: 'symmetric',
    size: 299,
    matches: names(/block35_1_(ac|conv)/),
  },
  {
    name: 'EfficientNet',
    published: KERAS,
    certainty: 'known',
    convention: 'levels',
    size: 224,
    matches: names(/block7a_project_(conv|bn)/),
  },
  {
    name: (e) => (e.has(/conv_pw_13/) ? 'MobileNet' : 'MobileNet v2'),
    published: KERAS,
    certainty: 'known',
    convention: 'symmetric',
    size: 224,
    matches: (e) => e.has(/conv_pw_13/) || names(/block_16_project/, /(^|\/)Conv1/)(e),
  },
  {
    name: 'Inception',
    published: SLIM,
    certainty: 'known',
    convention: 'symmetric',
    size: 299,
    matches: names(/(^|\/)Inception(V3|V4|ResnetV2)\//),
  },
  {
    name: 'Inception',
    published: SLIM,
    certainty: 'known',
    convention: 'symmetric',
    size: 224,
    matches: names(/(^|\/)InceptionV[12]\//),
  },
  {
    name: (e) =>
      e.has(/(^|\/)MobilenetV1\//)
        ? 'MobileNet'
        : e.has(/(^|\/)MobilenetV3\//)
          ? 'MobileNet v3'
          : 'MobileNet v2',
    published: SLIM,
    certainty: 'known',
    convention: 'symmetric',
    size: 224,
    matches: (e) => e.has(/(^|\/)MobilenetV[123]\//) || names(/^expanded_conv_15\//, /^Conv_1$/)(e),
  },
  {
    name: resNetV2,
    published: SLIM,
    certainty: 'known',
    convention: 'symmetric',
    size: 299,
    matches: names(/(^|\/)resnet_v2_\d+\//),
  },
  {
    name: (e) => (e.has(/(^|\/)vgg_/) ? vgg(e) : resNet(e)),
    published: SLIM,
    certainty: 'known',
    convention: 'slimVgg',
    size: 224,
    matches: names(/(^|\/)(resnet_v1_\d+|vgg_(a|11|16|19))\//),
  },
  {
    name: (e) => GLUON.find(([mark]) => e.has(mark))?.[1] ?? 'Network of MXNet',
    published: 'as MXNet Gluon names its layers',
    certainty: 'known',
    convention: 'torch',
    size: 224,
    matches: (e) => GLUON.some(([mark]) => e.has(mark)),
  },
  {
    name: 'Vision Transformer',
    published: TORCHVISION,
    certainty: 'known',
    convention: 'torch',
    size: 224,
    matches: names(/encoder_layer_0/, /conv_proj/),
  },
  {
    name: "CLIP's image tower",
    published: HUGGING_FACE,
    certainty: 'known',
    convention: 'clip',
    size: 224,
    matches: names(/(^|[./])pre_layrnorm([./]|$)/, /patch_embedding/),
  },
  {
    name: 'DINOv2',
    published: HUGGING_FACE,
    certainty: 'known',
    convention: 'torch',
    size: 224,
    matches: names(/(^|[./])layer\.0[./]layer_scale1[./]/, /patch_embeddings/),
  },
  {
    name: 'Vision Transformer',
    published: 'as timm or Hugging Face name its layers',
    certainty: 'likely',
    convention: 'symmetric',
    size: 224,
    matches: (e) =>
      e.has(/(^|[./])(blocks|layer|layers)[./]\d+[./].*attn|vit[./]encoder/) && e.has(/patch_embed/),
  },
  {
    name: 'Swin Transformer',
    published: 'as PyTorch writes it',
    certainty: 'likely',
    convention: 'torch',
    size: 224,
    matches: names(/relative_position_bias/),
  },
  {
    name: 'ConvNeXt',
    published: 'as PyTorch writes it',
    certainty: 'likely',
    convention: 'torch',
    size: 224,
    matches: (e) => e.first[2] === 4 && e.has(/layer_scale|(^|[./])stages?[./]|features[./]7[./]\d/),
  },
  {
    name: 'Inception v3',
    published: TORCHVISION,
    certainty: 'known',
    convention: 'torch',
    size: 299,
    matches: names(/Mixed_7[bc]/),
  },
  {
    name: 'GoogLeNet',
    published: TORCHVISION,
    certainty: 'known',
    convention: 'torch',
    size: 224,
    matches: names(/(^|[./])inception5b[./]branch/),
  },
  {
    name: resNet,
    published: TORCHVISION,
    certainty: 'known',
    convention: 'torch',
    size: 224,
    matches: (e) => e.first[2] === 7 && names(/(^|[./])layer4[./]/, /(^|[./])layer1[./]/)(e),
  },
  {
    name: denseNet,
    published: TORCHVISION,
    certainty: 'known',
    convention: 'torch',
    size: 224,
    matches: names(/denseblock4/),
  },
  {
    name: (e) => (e.first[2] === 7 ? 'SqueezeNet 1.0' : 'SqueezeNet 1.1'),
    published: TORCHVISION,
    certainty: 'known',
    convention: 'torch',
    size: 224,
    matches: names(/features\.12.*(squeeze|expand1x1)/),
  },
  {
    name: 'AlexNet',
    published: TORCHVISION,
    certainty: 'known',
    convention: 'torch',
    size: 224,
    matches: (e) => e.first[2] === 11 && e.convolutions === 5 && e.has(/features\.10/),
  },
  {
    name: vgg,
    published: TORCHVISION,
    certainty: 'known',
    convention: 'torch',
    size: 224,
    matches: (e) =>
      e.first[2] === 3 &&
      [8, 10, 13, 16].includes(e.convolutions) &&
      names(/features\.\d/, /classifier\.6/)(e),
  },
  {
    name: (e) =>
      e.ops.has('HardSigmoid') || e.ops.has('HardSwish')
        ? 'MobileNet v3'
        : e.ops.has('Sigmoid')
          ? 'EfficientNet'
          : e.has(/features\.18/)
            ? 'MobileNet v2'
            : 'MobileNet or EfficientNet',
    published: TORCHVISION,
    certainty: 'likely',
    convention: 'torch',
    size: 224,
    matches: (e) =>
      e.has(/classifier\.[13]/) && e.has(/features\.(7|12|16|18)[./]|features\.\d+\..*block\.\d+\.fc1/),
  },
];

/** Prefixes of Gluon's layers, as in `resnetv17_stage4_conv2_fwd`. */
const GLUON: readonly (readonly [RegExp, string])[] = [
  [/^resnetv1\d+_/, 'ResNet'],
  [/^resnetv2\d+_/, 'ResNet v2'],
  [/^squeezenet\d+_/, 'SqueezeNet'],
  [/^mobilenetv2\d+_/, 'MobileNet v2'],
  [/^mobilenet\d+_/, 'MobileNet'],
  [/^densenet\d+_/, 'DenseNet'],
  [/^inception3?\d*_/, 'Inception v3'],
  [/^alexnet\d+_/, 'AlexNet'],
  [/^vgg\d+_(conv|dense)/, 'VGG'],
];
