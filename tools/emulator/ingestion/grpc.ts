import grpc from '@grpc/grpc-js';
import { StatusError } from '../status.ts';
import type { PartialSuccess } from './behaviour.ts';
import type { Take } from './ingress.ts';
import { countRecords, encodeResponse, signals, words, type Signal } from './otlp.ts';

/**
 * OTLP over gRPC: three services of one method each, on a real grpc-js server that is on no port.
 *
 * @param take takes a request, and throws a {@link StatusError} when it refuses
 */
export function createGrpcServer(take: Take): grpc.Server {
  // It refuses messages of more than 4 MiB by itself, with RESOURCE_EXHAUSTED.
  const server = new grpc.Server({ 'grpc.enable_channelz': 0 });
  for (const signal of signals) {
    server.addService(describe(signal), {
      Export: (call: grpc.ServerUnaryCall<Counted, Told>, reply: grpc.sendUnaryData<Told>) => {
        const authorization = String(call.metadata.get('authorization')[0] ?? '');
        try {
          const partialSuccess = take({ signal, protocol: 'grpc', authorization, ...call.request });
          reply(null, { partialSuccess });
        } catch (thrown) {
          if (thrown instanceof StatusError) {
            reply({ code: grpc.status[thrown.status], details: thrown.message });
          } else {
            reply(thrown instanceof Error ? thrown : new Error('the emulator failed'));
          }
        }
      },
    });
  }
  return server;
}

/** What is read of a request. An object, as grpc-js 1.14.7 takes a request that is 0 for none at all. */
interface Counted {
  readonly records: number;
}

interface Told {
  readonly partialSuccess: PartialSuccess | undefined;
}

/** A service whose requests are read as the number of records in them. */
function describe(signal: Signal): grpc.ServiceDefinition {
  const Export: grpc.MethodDefinition<Counted, Told> = {
    path: `/${words[signal].service}/Export`,
    requestStream: false,
    responseStream: false,
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: (message) => ({ records: countRecords(signal, message) }),
    responseSerialize: ({ partialSuccess }) => encodeResponse(partialSuccess),
    responseDeserialize: () => ({ partialSuccess: undefined }),
  };
  return { Export };
}
