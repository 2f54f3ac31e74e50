import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { HealthImplementation } from 'grpc-health-check';
import {
  toCreateArguments,
  toKeyInfo,
  toUpdateArguments,
  type CreateRequest,
  type KeyIdRequest,
  type UpdateRequest,
} from './messages.ts';
import { addReflection } from './reflection.ts';
import { packageName, serviceName, type RpcName } from './rpc.ts';
import { StatusError } from './status.ts';
import type { Store } from './store.ts';

const protoName = 'com/coralogixapis/aaa/apikeys/v3/api_keys.proto';
// The same two levels up from tools/emulator and from build/emulator.
const protoPath = fileURLToPath(new URL(`../../proto/${protoName}`, import.meta.url));
const proto = loadSync(protoPath, {
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
});
const definition = proto[serviceName] as grpc.ServiceDefinition;

/**
 * A request as the journal shows it; undefined when the bytes are no such message.
 *
 * @param rpc     whose request it is
 * @param message the protobuf message, without gRPC's five bytes before it
 */
export function decodeRequest(rpc: RpcName, message: Buffer): object | undefined {
  try {
    return definition[rpc]?.requestDeserialize(message) as object | undefined;
  } catch {
    return undefined;
  }
}

/**
 * The service over grpc-js, on no port yet: keys, server reflection (v1 and v1alpha) and health.
 *
 * @param store what the keys' RPCs act on
 */
export function createService(store: Store): grpc.Server {
  const server = new grpc.Server({
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
    'grpc.enable_channelz': 0,
  });
  server.addService(definition, {
    CreateApiKey: unary((token, request: CreateRequest) => {
      const made = store.create(token, toCreateArguments(request));
      return { key_id: made.keyId, name: made.name, value: made.value };
    }),
    GetApiKey: unary((token, request: KeyIdRequest) => ({
      key_info: toKeyInfo(store.get(token, request.key_id)),
    })),
    DeleteApiKey: unary((token, request: KeyIdRequest) => {
      store.delete(token, request.key_id);
      return {};
    }),
    UpdateApiKey: unary((token, request: UpdateRequest) => {
      store.update(token, toUpdateArguments(request));
      return {};
    }),
    GetSendDataApiKeys: unary((token) => ({ keys: store.list(token).map(toKeyInfo) })),
  });
  addReflection(server, { path: protoPath, name: protoName, package: packageName });
  new HealthImplementation({ '': 'SERVING', [serviceName]: 'SERVING' }).addToServer(server);
  return server;
}

/** A handler for grpc-js of an operation that throws when it refuses. */
function unary<Request>(
  operation: (token: string, request: Request) => object,
): grpc.handleUnaryCall<Request, object> {
  return (call, callback) => {
    try {
      callback(null, operation(bearerToken(call.metadata), call.request));
    } catch (thrown) {
      if (thrown instanceof StatusError) callback(refusal(thrown));
      else callback(thrown instanceof Error ? thrown : new Error('the emulator failed'));
    }
  };
}

function refusal({ status, message }: StatusError): Partial<grpc.StatusObject> {
  return { code: grpc.status[status], details: message };
}

function bearerToken(metadata: grpc.Metadata): string {
  const header = String(metadata.get('authorization')[0] ?? '');
  const token = /^bearer (.+)$/iu.exec(header)?.[1];
  if (token === undefined) throw new StatusError('UNAUTHENTICATED', 'no bearer token was sent');
  return token;
}
