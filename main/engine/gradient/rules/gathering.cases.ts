import { index, ints, linear, normal, withoutTensorflow, type GradientCase } from '../testing/case.ts';

const written = { wrt: [0, 2] };

export const gatheringCases: GradientCase[] = [
  linear('Gather', {}, [normal(4, 3), ints([2, 0, 2, 2])]),
  linear('Gather', { axis: 1 }, [normal(2, 4, 3), ints([3, -1, 0, -1], 2, 2)]),
  linear('Gather', { axis: -1 }, [normal(2, 4), index(1)]),
  linear('Gather', { axis: 1 }, [normal(2, 5, 3), index(0)]),
  ...withoutTensorflow(
    linear('GatherElements', { axis: 1 }, [normal(2, 4), ints([0, 3, 3, 1, -1, 1], 2, 3)]),
    linear('GatherElements', {}, [normal(3, 2), ints([2, 2, 2, 0], 2, 2)]),
    linear('GatherND', {}, [normal(3, 4), ints([0, 1, 2, 3, 0, 1], 3, 2)]),
    linear('GatherND', {}, [normal(3, 4), ints([2, 2], 2, 1)]),
    linear('ScatterElements', { axis: 1 }, [normal(2, 4), ints([3, 0, 1, 2], 2, 2), normal(2, 2)], written),
    linear(
      'ScatterElements',
      { reduction: 'add' },
      [normal(3, 2), ints([2, 2, 2, 0], 2, 2), normal(2, 2)],
      written,
    ),
    linear('ScatterND', {}, [normal(3, 4), ints([2, 0], 2, 1), normal(2, 4)], written),
    linear('ScatterND', { reduction: 'add' }, [normal(3, 4), ints([0, 1, 0, 1], 2, 2), normal(2)], written),
  ),
];
