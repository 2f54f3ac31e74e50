import { loadMethod } from '../../../src/coralogix/grpc/codec.ts';
import type { Rpc } from '../../../src/coralogix/transport.ts';

/** The bytes of a request, in hexadecimal. */
export function encoded(rpc: Rpc, request: object): string {
  return loadMethod(rpc).requestSerialize(request).toString('hex');
}

/** A reply as the transport hands it over. */
export function decoded(rpc: Rpc, bytes: Buffer): unknown {
  return loadMethod(rpc).responseDeserialize(bytes);
}

/** A field of bytes, a text or a message, by its number. */
export function bytesField(number: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

/** A field that is a number or a truth value, by its number. */
export function numberField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number << 3), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 128) | 0x80);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}
