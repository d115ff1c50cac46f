import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { caffeLayers } from '../formats/caffe/testing/as-caffe.ts';
import { writeCaffe } from '../formats/caffe/testing/write-caffe.ts';
import { writeOnnx } from '../formats/onnx/write.ts';
import { writeTensorflow } from '../formats/tensorflow/testing/network-writer.ts';
import { inferShapes } from '../graph/shapes.ts';
import { describeWithShared } from '../testing/shared-folder.ts';
import { readSharedNetwork, type SharedNetwork } from '../testing/shared-network.ts';
import { loadModel } from './load.ts';
import { receptiveFields } from './receptive-field.ts';
import { layerInputs } from './structure.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reverie-formats-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const BYTES = {
  onnx: writeOnnx,
  caffe: (graph: Parameters<typeof writeOnnx>[0]) => writeCaffe(2, caffeLayers(graph)),
  tensorflow: (graph: Parameters<typeof writeOnnx>[0]) =>
    writeTensorflow(graph, { flatten: 'reshape', bias: 'BiasAdd', concat: 'ConcatV2' }),
};

describeWithShared('a network is known by its contents, whatever its file is called', () => {
  it.each<[SharedNetwork, keyof typeof BYTES, string, object]>([
    [
      'squeezenet1.1',
      'onnx',
      'a.pb',
      { title: 'SqueezeNet 1.1', certainty: 'known', labelsName: 'imagenet' },
    ],
    ['squeezenet1.1', 'caffe', 'a.onnx', { title: 'SqueezeNet 1.1', certainty: 'known' }],
    ['mobilenet_v2', 'tensorflow', 'a.caffemodel', { title: 'MobileNet v2', certainty: 'known' }],
  ])('%s as %s in %s', async (network, format, name, card) => {
    const path = join(folder, name);
    await writeFile(path, BYTES[format](readSharedNetwork(network)));
    const model = await loadModel(path);
    expect(model.format).toBe(format);
    expect(model.classes).toBe(1000);
    expect(model.card).toMatchObject(card);
  });
});

describeWithShared('what layers of GoogLeNet see and read', () => {
  it('agrees with the arithmetic of its windows', () => {
    const graph = readSharedNetwork('googlenet');
    const dims = { data: [1, 3, 224, 224] };
    const fields = receptiveFields(graph, inferShapes(graph, dims), 'NCHW');
    expect(fields.get('conv1/7x7_s2')).toEqual({ size: 7, stride: 2 });
    expect(fields.get('conv2/3x3')).toEqual({ size: 19, stride: 4 });
    expect(fields.get('inception_3a/output')).toEqual({ size: 59, stride: 8 });
    expect(fields.get('pool5/7x7_s1')).toEqual({ size: null, stride: null });
  });

  it('joins the four branches of a block', () => {
    const graph = readSharedNetwork('googlenet');
    const layers = graph.nodes.map(({ outputs: [tensor = ''] }) => ({ tensor }));
    const place = layers.findIndex(({ tensor }) => tensor === 'inception_4c/output');
    const read = layerInputs(graph, layers)[place]?.map((i) => layers[i]?.tensor);
    expect(read).toEqual(['1x1', '3x3', '5x5', 'pool_proj'].map((branch) => `inception_4c/${branch}`));
  });
});
