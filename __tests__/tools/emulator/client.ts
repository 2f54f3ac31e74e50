import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { Emulator } from '../../../tools/emulator/index.ts';
import { serviceName, type RpcName } from '../../../tools/emulator/rpc.ts';

/** A plain grpc-js client of the service, with none of the action's own code in it. */
export interface PlainClient {
  call(rpc: RpcName, request?: object, options?: CallOptions): Promise<Answer>;
  close(): void;
}

export interface CallOptions {
  readonly token?: string;
  readonly deadlineMs?: number;
}

/** What came back. */
export interface Answer {
  /** The status by its name; what the client took for its code when that has none. */
  readonly status: string;
  readonly details: string;
  readonly reply: Readonly<Record<string, unknown>>;
  readonly trailers: grpc.Metadata;
}

const proto = loadSync('proto/com/coralogixapis/aaa/apikeys/v3/api_keys.proto', {
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
});
const definition = proto[serviceName] as grpc.ServiceDefinition;

/** Connects to an emulator; trusts its CA unless another is given. */
export function connect(emulator: Emulator, ca = emulator.caCertificate): PlainClient {
  const { host } = new URL(emulator.endpoint);
  const isPlain = emulator.endpoint.startsWith('http:');
  const client = new grpc.Client(
    host,
    isPlain ? grpc.credentials.createInsecure() : grpc.credentials.createSsl(Buffer.from(ca)),
    {
      'grpc.enable_retries': 0,
      'grpc.service_config_disable_resolution': 1,
      'grpc.max_receive_message_length': 64 * 1024 * 1024,
    },
  );
  return {
    call: (rpc, request = {}, { token = emulator.tokens.admin, deadlineMs = 5000 } = {}) =>
      new Promise((resolve) => {
        const method = definition[rpc];
        if (method === undefined) throw new Error(`no such RPC: ${rpc}`);
        const metadata = new grpc.Metadata();
        if (token !== '') metadata.set('authorization', `Bearer ${token}`);
        client.makeUnaryRequest<object, Record<string, unknown>>(
          method.path,
          method.requestSerialize,
          method.responseDeserialize as (bytes: Buffer) => Record<string, unknown>,
          request,
          metadata,
          { deadline: Date.now() + deadlineMs },
          (error, reply) => {
            resolve({
              status: nameOf(error === null ? grpc.status.OK : error.code),
              details: error?.details ?? '',
              reply: reply ?? {},
              trailers: error?.metadata ?? new grpc.Metadata(),
            });
          },
        );
      }),
    close: () => {
      client.close();
    },
  };
}

const nameOf = (code: number): string => grpc.status[code] ?? String(code);

/** A request for a new key of the emulator's team. */
export const newKey = (emulator: Emulator, name: string, hashed = false): object => ({
  name,
  owner: { team_id: emulator.teamId },
  key_permissions: { presets: ['SendData'], permissions: [] },
  hashed,
});
