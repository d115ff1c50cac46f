/** Guided methods rewrite the gradients of gates, all of them, and nothing else. */
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../models/load.ts';
import { describeWithShared, sharedFile } from '../../testing/shared-folder.ts';
import { tinyGraph } from '../../testing/tiny-model.ts';
import type { MethodContext } from '../common/context.ts';
import { resolveObjective } from '../common/targets.ts';
import { ScoreProgram, type ScoreOfPictures } from './score-program.ts';
import { node, refused, replaced, SIDE, tinyExplanations } from './testing/tiny-explanations.ts';

const { tiny, contextOf, explain } = await tinyExplanations();

describe('guided methods', () => {
  const score = async (context: MethodContext): Promise<ScoreOfPictures> => ({
    terms: await resolveObjective(context.model, 'class:0'),
    scale: 'logit',
    shape: { width: SIDE, height: SIDE },
  });
  const picture = Float32Array.from({ length: 3 * SIDE ** 2 }, (_, i) => 0.5 + 0.5 * Math.sin(i * 1.7));

  it('leave the forward pass and the true gradient as they were, to the bit', async () => {
    const look = async (gradient: 'true' | 'guided' | 'deconvnet') => {
      const program = await ScoreProgram.lease(tiny, await score(tiny), { gradient, batch: 1 });
      const { value, gradient: found } = await program.look(picture);
      await program.release();
      return { value, found };
    };
    const before = await look('true');
    const [guided, deconvnet] = [await look('guided'), await look('deconvnet')];
    expect([guided.value, deconvnet.value]).toEqual([before.value, before.value]);
    expect(guided.found).not.toEqual(before.found);
    expect(deconvnet.found).not.toEqual(guided.found);
    expect(await look('true')).toEqual(before);
  });

  it.each([
    ['ReLUs', tinyGraph, 2],
    [
      'a ReLU6',
      replaced('relu1', { ...node('Clip', 'conv1', 'relu1'), inputs: ['conv1', 'low', 'high'] }),
      2,
    ],
    [
      "the classifier's own",
      replaced(
        'logits',
        { ...node('Gemm', 'vector', 'linear'), inputs: ['vector', 'w3'], attributes: { transB: 1 } },
        node('Relu', 'linear', 'logits'),
      ),
      3,
    ],
  ])('count the gates they rewrite: %s', async (_, graph, expected) => {
    const bound = (value: number) => ({ type: 'float32', dims: [], data: Float32Array.of(value) }) as const;
    const constants = new Map([...graph.constants, ['low', bound(0)] as const, ['high', bound(6)] as const]);
    const context = contextOf({ ...graph, constants });
    const { methods } = await explain(
      { method: 'guided-backprop,deconvnet', target: 'class:0' },
      {},
      context,
    );
    expect(methods.map(({ gates }) => gates)).toEqual([expected, expected]);
  });

  it('are refused where there is no gate, instead of showing the plain gradient', async () => {
    const smooth = contextOf({
      ...tinyGraph,
      nodes: tinyGraph.nodes.map((n) => (n.op === 'Relu' ? { ...n, op: 'Tanh' } : n)),
    });
    for (const method of ['guided-backprop', 'deconvnet', 'guided-grad-cam']) {
      const { code, message } = await refused(explain({ method }, {}, smooth));
      expect(code).toBe('model/unsupported');
      expect(message).toContain('no ReLU');
    }
    expect((await explain({ method: 'gradient' }, {}, smooth)).methods).toHaveLength(1);
  });
});

describeWithShared('the gates of real networks', () => {
  it.each(['googlenet', 'mobilenet_v2', 'squeezenet1.1'])('%s: all are rewritten', async (name) => {
    const model = await loadModel(sharedFile('models', `${name}.onnx`));
    const context = { ...tiny, model };
    const gates = model.graph.nodes.filter(({ op }) => op === 'Relu' || op === 'Clip').length;
    const program = await ScoreProgram.lease(
      context,
      { terms: await resolveObjective(model, 'class:1'), scale: 'logit', shape: { width: 224, height: 224 } },
      { gradient: 'guided', batch: 1 },
    );
    await program.release();
    expect(program.gates).toBe(gates);
  });
});
