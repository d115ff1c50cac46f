/** Cases of normalisations and matrix products. */
import { floats, node, variants, x, type Cases } from './case.ts';

export const layers: Cases = {
  BatchNormalization: [
    node({}, [x(2, 3, 4, 5), x(3), x(3), x(3), x(3)]),
    node({ epsilon: 0.01 }, [x(2, 3), x(3), x(3), x(3), x(3)]),
  ],
  InstanceNormalization: [node({}, [x(2, 3, 4, 5), x(3), x(3)])],
  GroupNormalization: [node({ num_groups: 2 }, [x(1, 4, 3, 3), x(2), x(2)])],
  LRN: [node({ size: 5 }, [x(1, 6, 3, 3)])],
  MeanVarianceNormalization: variants([x(2, 3, 4, 5)], {}, { axes: [1, 2, 3] }),
  LayerNormalization: [
    node({}, [x(2, 3, 4), x(4), x(4)]),
    node({ axis: 1 }, [x(2, 3, 4), x(3, 4)], 3),
    node({ axis: -1 }, [x(2, 3, 4), x(4)], 2),
  ],
  Softmax: variants([x(2, 3, 4)], {}, { axis: 1 }, { axis: -2 }),
  LogSoftmax: variants([x(2, 3, 4)], {}, { axis: 0 }),
  Hardmax: variants([x(2, 3, 4)], {}, { axis: 1 }),
  LpNormalization: variants([x(2, 3, 4)], {}, { axis: 1, p: 1 }),

  MatMul: [
    node({}, [x(2, 3), x(3, 4)]),
    node({}, [x(3), x(3, 4)]),
    node({}, [x(2, 3), x(3)]),
    node({}, [x(3), x(3)]),
    node({}, [x(5, 2, 3), x(3, 4)]),
    node({}, [x(2, 3), x(5, 3, 4)]),
    node({}, [x(5, 1, 2, 3), x(6, 3, 4)]),
    node({}, [x(3), x(5, 3, 4)]),
    node({}, [x(5, 2, 3), x(3)]),
  ],
  Gemm: [
    node({}, [x(2, 3), x(3, 4)]),
    node({ transA: 1, transB: 1 }, [x(3, 2), x(4, 3), x(4)]),
    node({ transB: 1, alpha: 0.5 }, [x(2, 3), x(4, 3), x(2, 1)]),
    node({}, [x(2, 3), x(3, 4), floats([1], [])]),
  ],
  Einsum: [
    node({ equation: 'ij,jk->ik' }, [x(2, 3), x(3, 4)]),
    node({ equation: 'bhid, bhjd -> bhij' }, [x(1, 2, 3, 4), x(1, 2, 5, 4)]),
    node({ equation: 'ij->ji' }, [x(2, 3)]),
    node({ equation: 'ij,jk' }, [x(2, 3), x(3, 4)]),
    node({ equation: 'ii->i' }, [x(3, 3)]),
    node({ equation: 'ij->' }, [x(3, 3)]),
  ],
};
