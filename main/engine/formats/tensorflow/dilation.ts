/**
 * TensorFlow writes a dilated convolution as three nodes: the picture is cut into interleaved smaller ones, these are
 * convolved as a batch, and the results are interleaved again. Here it becomes one node again.
 */
import { numbers } from '../../graph/tensor.ts';
import { byNameOf, constantAt, sourceOf, type Operations } from './lookup.ts';
import { damaged, textOf, unsupported, type Operation } from './operation.ts';
import type { AttrValue } from './schema.ts';
import { fileAllowance, readTensor } from './tensor.ts';

const CONVOLUTIONS = new Set(['Conv2D', 'DepthwiseConv2dNative']);

/**
 * The graph with every such group of three as one convolution with dilations, under the name of its last node.
 * @throws `model/unsupported` for a group that is not a convolution, or whose numbers are computed.
 */
export function foldDilations(all: readonly Operation[]): Operation[] {
  const operations = byNameOf(all);
  return all.map((last) => {
    if (last.op !== 'BatchToSpaceND') return last;
    const convolution = sourceOf(last, 0, operations);
    const first = convolution && sourceOf(convolution, 0, operations);
    if (!convolution || !CONVOLUTIONS.has(convolution.op) || first?.op !== 'SpaceToBatchND')
      throw unsupported(
        last,
        'is not the end of a dilated convolution, the only use of it that is supported',
      );
    return folded(first, convolution, last, operations);
  });
}

function folded(
  first: Operation,
  convolution: Operation,
  last: Operation,
  operations: Operations,
): Operation {
  const block = listOf(last, 1, operations);
  const [top = 0, bottom = 0, left = 0, right = 0] = listOf(first, 2, operations);
  const [above = 0, below = 0, before = 0, after = 0] = listOf(last, 2, operations);
  // What fills the picture up to whole blocks is cut off again at the end, and so is the same for pictures of any size.
  const pads = [top - above, bottom - below, left - before, right - after];
  if (block.length !== 2 || listOf(first, 1, operations).join() !== block.join())
    throw unsupported(last, `has blocks of [${block.join(', ')}], which its SpaceToBatchND does not match`);
  if (pads.some((pad) => pad < 0))
    throw unsupported(last, `cuts off more than was padded: [${pads.join(', ')}]`);
  if (textOf(convolution, 'padding', '') !== 'VALID')
    throw unsupported(convolution, 'pads the parts of a dilated convolution; only VALID is supported');
  const channelsLast = textOf(convolution, 'data_format', 'NHWC') === 'NHWC';
  const perAxis = (spatial: readonly number[], other: readonly number[]): AttrValue => ({
    list: { i: channelsLast ? [...other, ...spatial, ...other] : [...other, ...other, ...spatial] },
  });
  const [input] = first.inputs;
  if (input === undefined) throw damaged(first, 'lacks its input');
  return {
    name: last.name,
    op: convolution.op,
    inputs: [input, ...convolution.inputs.slice(1)],
    attributes: {
      ...convolution.attributes,
      padding: { s: new TextEncoder().encode('EXPLICIT') },
      explicit_paddings: perAxis(pads, [0, 0]),
      dilations: perAxis(block, [1]),
    },
  };
}

function listOf(operation: Operation, index: number, operations: Operations): number[] {
  const tensor = constantAt(operation, index, operations);
  if (tensor === undefined)
    throw unsupported(operation, 'computes its blocks or paddings; only constants are supported');
  return numbers(readTensor(tensor, `An input of "${operation.name}"`, fileAllowance()));
}
