/**
 * Static shape inference with partial evaluation. Everything is inferred at one input size, so every dimension is a
 * number, and what an exporter computed from shapes becomes a constant.
 */
export { inferNode, unknownOperatorError } from './shapes/infer-node.ts';
export { constantInfo, inferShapes, unknownOperators, type InputDims } from './shapes/infer.ts';
export type { ShapeRule } from './shapes/rule.ts';
export { shapeRules } from './shapes/rules.ts';
export { smallestInput } from './shapes/smallest.ts';
export { specialise } from './shapes/specialise.ts';
