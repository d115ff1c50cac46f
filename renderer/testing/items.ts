/** Jobs, pictures and networks for tests: complete, with only what matters said. */
import type { LayerInfo, ModelInfo } from '../../shared/contract/models.ts';
import { dream } from '../../shared/recipes/dream.ts';
import { defaultsOf } from '../../shared/recipes/fields.ts';
import type { Picture } from '../../shared/studio/gallery.ts';
import type { Job, Order, Progress } from '../../shared/studio/jobs.ts';

export function jobOf({
  order,
  ...job
}: Partial<Omit<Job, 'order'>> & { order?: Partial<Order<'dream'>> }): Job {
  return {
    id: 'job',
    state: 'running',
    created: 0,
    position: null,
    progress: null,
    device: null,
    runtime: null,
    width: null,
    height: null,
    notes: [],
    frames: null,
    result: null,
    report: null,
    error: null,
    ...job,
    order: {
      method: 'dream',
      picture: 'picture.jpg',
      model: null,
      runtime: 'auto',
      device: 'auto',
      settings: defaultsOf(dream),
      branch: null,
      repeats: null,
      ...order,
    },
  };
}

export function progressOf(progress: Partial<Progress>): Progress {
  return {
    step: 1,
    of: 40,
    stage: { octave: 1, octaves: 4, width: 64, height: 48 },
    objective: 0,
    msPerStep: 100,
    secondsLeft: null,
    ...progress,
  };
}

export function pictureOf(picture: Partial<Picture> & Pick<Picture, 'id'>): Picture {
  return {
    ...{ width: 4, height: 3, bytes: 100, added: 0, made: false, method: null },
    ...{ facts: null, stars: 0, label: null },
    ...picture,
  };
}

export function layerOf(layer: Partial<LayerInfo> & Pick<LayerInfo, 'name'>): LayerInfo {
  return {
    aliases: [],
    op: 'Conv',
    role: 'convolution',
    channels: 64,
    width: 28,
    height: 28,
    axes: ['batch', 'channels', 'height', 'width'],
    parameters: 0,
    receptiveField: null,
    stride: null,
    inputs: [],
    ...layer,
  };
}

export function networkOf(network: Partial<ModelInfo>): ModelInfo {
  return {
    model: 'net',
    name: 'net',
    format: 'onnx',
    sha256: '0'.repeat(64),
    card: { short: 'net', certainty: 'known', why: '', source: null, licence: null, labels: null },
    input: {
      name: 'data',
      channels: 3,
      width: 224,
      height: 224,
      free: true,
      layout: 'NCHW',
      order: 'rgb',
      mean: [117, 117, 117],
      scale: [1, 1, 1],
    },
    layers: [],
    parameters: 0,
    minSize: 32,
    classes: 1000,
    answers: 'softmax',
    output: 'scores',
    outputs: [{ name: 'scores', shape: [1, 1000], answers: 'softmax', classes: 1000 }],
    labelled: false,
    dreamLayers: [],
    withoutGradient: [],
    gated: true,
    unsupported: [],
    ...network,
  };
}
