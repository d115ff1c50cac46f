/**
 * Protobuf's wire format, field by field: the tests write files by the numbers of caffe.proto themselves, so that a mistake
 * in the reader's schema cannot hide.
 */
import protobuf from 'protobufjs/light.js';

/** One or more encoded fields. */
export type Fields = Uint8Array;

function field(id: number, wire: number, write: (writer: protobuf.Writer) => void): Fields {
  const writer = protobuf.Writer.create().uint32(((id << 3) | wire) >>> 0);
  write(writer);
  return writer.finish();
}

export const varint = (id: number, value: number): Fields => field(id, 0, (w) => w.int64(value));
export const float = (id: number, value: number): Fields => field(id, 5, (w) => w.float(value));
export const double = (id: number, value: number): Fields => field(id, 1, (w) => w.double(value));
export const text = (id: number, value: string): Fields => field(id, 2, (w) => w.string(value));
export const bytes = (id: number, value: Uint8Array): Fields => field(id, 2, (w) => w.bytes(value));

/** A message of fields, which may come in any order. */
export const all = (...fields: readonly Fields[]): Fields => Buffer.concat(fields);

export const message = (id: number, ...fields: readonly Fields[]): Fields => bytes(id, all(...fields));

/** A packed list of floats or doubles. */
export const packed = (id: number, values: Float32Array | Float64Array): Fields =>
  bytes(id, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));

export const packedVarints = (id: number, values: readonly number[]): Fields =>
  field(id, 2, (w) => {
    w.fork();
    for (const value of values) w.int64(value);
    w.ldelim();
  });
