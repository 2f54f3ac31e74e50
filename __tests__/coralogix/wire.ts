import { fromJSON } from '@grpc/proto-loader';
import { descriptor } from '../../src/coralogix/descriptor.generated.ts';

/** A message type of the contract, with the settings that `channel.ts` gives to the codec. */
interface MessageType {
  readonly serialize: (message: object) => Buffer;
  readonly deserialize: (bytes: Buffer) => unknown;
}

const types = fromJSON(descriptor, {
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
}) as unknown as Readonly<Record<string, MessageType>>;

function type(name: string): MessageType {
  const found = types[`com.coralogixapis.aaa.apikeys.v3.${name}`];
  if (found === undefined) throw new Error(`no such message: ${name}`);
  return found;
}

/** The bytes of a message, in hexadecimal. */
export function encoded(name: string, message: object): string {
  return type(name).serialize(message).toString('hex');
}

/** A message as the transport hands it over. */
export function decoded(name: string, bytes: Buffer): unknown {
  return type(name).deserialize(bytes);
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
