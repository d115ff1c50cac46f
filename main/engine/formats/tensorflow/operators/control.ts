/** The oldest control flow: networks that were exported with a switch between training and use. */
import { numbers } from '../../../graph/tensor.ts';
import { unsupported } from '../operation.ts';
import { given, type Translate } from '../translation.ts';

export const control: Readonly<Record<string, Translate>> = {
  /** Passes its input to the first output if the condition is false, else to the second. */
  Switch(operation, [x, condition], t) {
    const tensor = t.constantOf(given(operation, condition));
    if (tensor === undefined)
      throw unsupported(operation, 'decides by what the picture shows; only fixed conditions are supported');
    const [taken = 0] = numbers(tensor);
    const value = given(operation, x);
    return taken === 0 ? [value, null] : [null, value];
  },

  /** Passes on the input whose branch was taken: the others do not get here. */
  Merge(operation, [x, other]) {
    if (other !== undefined) throw unsupported(operation, 'joins branches that are both taken');
    return [given(operation, x)];
  },
};
