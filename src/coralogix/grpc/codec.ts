import { fromJSON, type MethodDefinition, type PackageDefinition } from '@grpc/proto-loader';
import { descriptor } from './descriptor.generated.ts';
import { statusDetailsDescriptor, type Decode } from './status-details.ts';
import type { Rpc } from '../transport.ts';

/** How one RPC's messages become bytes, and the other way round. */
export type Method = MethodDefinition<object, object>;

const options = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true };

const packageName = 'com.coralogixapis.aaa.apikeys.v3';
const serviceName = 'ApiKeysService';

/**
 * Makes the codec of one RPC. A step uses one to four of the five, and each message type that is
 * set up costs a part of a millisecond, so that the others are left out.
 *
 * @param rpc which
 */
export function loadMethod(rpc: Rpc): Method {
  const service = load(onlyFor(rpc))[`${packageName}.${serviceName}`];
  const method = (service as Readonly<Record<string, Method>> | undefined)?.[rpc];
  if (method === undefined) throw new Error(`The descriptor has no ${rpc}.`);
  if (rpc !== 'GetSendDataApiKeys') return method;
  return { ...method, responseDeserialize: (bytes) => decodeList(bytes, method) };
}

/** More keys than any team has: a reply of empty ones could otherwise take all memory. */
const mostKeys = 100_000;

/** Bytes to decode at once: a few hundred keys. */
const pieceLength = 64 * 1024;

/**
 * Decodes a list piece by piece. A message that is cut between two of its fields is two messages of
 * the same type (https://protobuf.dev/programming-guides/encoding, "Last One Wins"), so the pieces hold
 * the same keys as the whole. What the codec makes on the way is several times as large as the list,
 * and is gone again before the next piece. And since nearly all keys have the same permissions, they
 * share them: 20,000 keys then take half the memory.
 */
function decodeList(bytes: Buffer, method: Method): object {
  const keys: object[] = [];
  const shared = new Map<string, unknown>();
  let start = 0;
  do {
    let end = start;
    while (end < Math.min(start + pieceLength, bytes.length)) end = endOfKey(bytes, end);
    const piece = method.responseDeserialize(bytes.subarray(start, end)) as List;
    for (const key of piece.keys) {
      const permissions = JSON.stringify(key.key_permissions);
      if (!shared.has(permissions)) shared.set(permissions, key.key_permissions);
      key.key_permissions = shared.get(permissions);
      keys.push(key);
    }
    if (keys.length > mostKeys) throw new Error(`more than ${mostKeys} keys`);
    start = end;
  } while (start < bytes.length);
  return { keys };
}

/** Field 1, with a length before its content. */
const keyTag = 0x0a;

/** Where the key ends that begins here. Anything else is not cut: it ends where all ends. */
function endOfKey(bytes: Buffer, start: number): number {
  if (bytes[start] !== keyTag) return bytes.length;
  let length = 0;
  let at = start + 1;
  for (let unit = 1; ; unit *= 0x80) {
    const byte = bytes[at];
    if (byte === undefined) return bytes.length;
    at += 1;
    length += (byte & 0x7f) * unit;
    if (byte < 0x80) return Math.min(at + length, bytes.length);
  }
}

/** GetSendDataApiKeysResponse, as decoded. */
interface List {
  readonly keys: readonly { key_permissions: unknown }[];
}

/** Makes the codec of google.rpc.Status, which is rarely needed. */
export function loadStatusDecoder(): Decode {
  const types = load(statusDetailsDescriptor) as Readonly<Record<string, Partial<Message>>>;
  return (type, bytes) => {
    const deserialize = types[type]?.deserialize;
    if (deserialize === undefined) throw new Error(`Unknown type ${type}.`);
    return deserialize(bytes);
  };
}

// proto-loader makes this function, and its types forget it.
interface Message {
  readonly deserialize: (bytes: Buffer) => unknown;
}

/** Makes definitions of a descriptor in JSON, with the options that all of this project use. */
export function load(json: object): PackageDefinition {
  return fromJSON(json, options);
}

/** A node of the descriptor: a package, a service or a message. */
interface Node {
  readonly nested?: Readonly<Record<string, Node>>;
  readonly methods?: Readonly<Record<string, { requestType: string; responseType: string }>>;
}

/** The descriptor with one RPC, and the messages that can occur in it. */
function onlyFor(rpc: Rpc): object {
  const path = packageName.split('.');
  const all = path.reduce<Node | undefined>(
    (node, part) => node?.nested?.[part],
    descriptor,
  )?.nested;
  const method = all?.[serviceName]?.methods?.[rpc];
  if (all === undefined || method === undefined) throw new Error(`The descriptor has no ${rpc}.`);
  const kept: Record<string, Node> = { [serviceName]: { methods: { [rpc]: method } } };
  const keep = (name: string): void => {
    const node = all[name];
    if (node === undefined || name in kept) return;
    kept[name] = node;
    for (const [, type = ''] of JSON.stringify(node).matchAll(/"type":"(\w+)"/gu)) keep(type);
  };
  keep(method.requestType);
  keep(method.responseType);
  return path.reduceRight<Node>((nested, part) => ({ nested: { [part]: nested } }), {
    nested: kept,
  });
}
