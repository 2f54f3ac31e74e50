import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import {
  startEmulator,
  type Emulator,
  type EmulatorOptions,
} from '../../../tools/emulator/index.ts';
import type { IngestionBehaviour } from '../../../tools/emulator/ingestion/behaviour.ts';
import { rpcNames, serviceName, type RpcName } from '../../../tools/emulator/rpc.ts';
import type { Target } from '../../../tools/conformance/target.ts';

/** A message as proto-loader has it: read, changed and sent on. */
export type Message = Record<string, unknown>;

/** What a call comes to: a message, the bytes of one, or a status. */
export type Result =
  | { readonly reply: Message }
  | { readonly bytes: Buffer }
  | { readonly code: grpc.status; readonly details: string };

/** A call that is on its way to the emulator. */
export interface Call {
  readonly rpc: RpcName;
  readonly request: Message;
  /** What the caller sent after `Bearer `; empty for nothing. */
  readonly token: string;
  /** Has the emulator do it, with another request if one is given. */
  readonly forward: (request?: Message) => Promise<Result>;
  /** Changes how the emulator's ingestion behaves from now on. */
  readonly behave: (behaviour: IngestionBehaviour) => void;
}

/** One behaviour that is not the emulator's. */
export type Alteration = (call: Call) => Promise<Result> | Result;

const definition = loadSync('proto/com/coralogixapis/aaa/apikeys/v3/api_keys.proto', {
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
})[serviceName] as grpc.ServiceDefinition;

/** A service like the emulator's, but for one behaviour. */
export interface AlteredService {
  readonly emulator: Emulator;
  readonly target: Target;
  stop(): Promise<void>;
}

/** Puts a server in front of an emulator that hands on every call but for what is altered. */
export async function startAltered(
  alter: Alteration,
  options: EmulatorOptions = {},
): Promise<AlteredService> {
  const emulator = await startEmulator({ ...options, tls: 'plain' });
  const client = new grpc.Client(
    new URL(emulator.endpoint).host,
    grpc.credentials.createInsecure(),
    { 'grpc.enable_retries': 0, 'grpc.service_config_disable_resolution': 1 },
  );
  const server = new grpc.Server();
  server.addService(
    rawService(),
    handlers(client, alter, (behaviour) => {
      emulator.ingestion.behave(behaviour);
    }),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    emulator,
    target: targetOf(emulator, `127.0.0.1:${port}`),
    stop: async () => {
      server.forceShutdown();
      client.close();
      await emulator.stop();
    },
  };
}

/** An emulator as what is asked; with no long wait for what will not come. */
function targetOf(emulator: Emulator, endpoint: string): Target {
  return {
    name: 'an altered emulator',
    isCoralogix: false,
    isShared: false,
    endpoint,
    ingestion: {
      endpoint: new URL(emulator.ingestion.endpoint).host,
      caCertificate: undefined,
      isPlain: true,
    },
    caCertificate: undefined,
    isPlain: true,
    token: emulator.tokens.admin,
    teamId: emulator.teamId,
    otherTeamId: emulator.teamId + 1,
    powerlessToken: emulator.tokens.powerless,
    otherTeamToken: emulator.tokens.otherTeam,
    waitMs: 200,
    isRiskTaken: true,
    close: () => Promise.resolve(),
  };
}

const same = (bytes: Buffer): Buffer => bytes;

/** The same RPCs, their messages as bytes: so that an alteration can send what is no such message. */
const rawService = (): grpc.ServiceDefinition =>
  Object.fromEntries(
    rpcNames.map((rpc) => [
      rpc,
      {
        path: `/${serviceName}/${rpc}`,
        requestStream: false,
        responseStream: false,
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      },
    ]),
  );

function handlers(
  client: grpc.Client,
  alter: Alteration,
  behave: Call['behave'],
): grpc.UntypedServiceImplementation {
  return Object.fromEntries(
    rpcNames.map((rpc) => {
      const handle: grpc.handleUnaryCall<Buffer, Buffer> = (call, callback) => {
        const method = methodOf(rpc);
        const request = method.requestDeserialize(call.request) as Message;
        const token = String(call.metadata.get('authorization')[0] ?? '').slice('Bearer '.length);
        const forward = (other: Message = request): Promise<Result> =>
          forwarded(client, rpc, other, call.metadata);
        const answer = async (): Promise<void> => {
          const result = await alter({ rpc, request, token, forward, behave });
          if ('code' in result) callback(result);
          else
            callback(
              null,
              'bytes' in result ? result.bytes : method.responseSerialize(result.reply),
            );
        };
        answer().catch((error: unknown) => {
          callback({ code: grpc.status.INTERNAL, details: String(error) });
        });
      };
      return [rpc, handle];
    }),
  );
}

function forwarded(
  client: grpc.Client,
  rpc: RpcName,
  request: Message,
  metadata: grpc.Metadata,
): Promise<Result> {
  const method = methodOf(rpc);
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadata,
      { deadline: Date.now() + 20_000 },
      (error, reply) => {
        if (error === null) resolve({ reply: reply as Message });
        else resolve({ code: error.code, details: error.details });
      },
    );
  });
}

function methodOf(rpc: RpcName): grpc.MethodDefinition<object, object> {
  const method = definition[rpc] as grpc.MethodDefinition<object, object> | undefined;
  if (method === undefined) throw new Error(`The .proto has no ${rpc}.`);
  return method;
}
