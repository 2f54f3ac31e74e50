import grpc from '@grpc/grpc-js';
import { StatusError } from '../status.ts';
import type { ExportRequest } from './ingress.ts';
import { countRecords, signals, words, type Signal } from './otlp.ts';

/** A successful answer has no field: `partial_success` must be left out then. */
const emptyMessage = Buffer.alloc(0);

/**
 * OTLP over gRPC: three services of one method each, on a real grpc-js server that is on no port.
 *
 * @param take takes a request, and throws a {@link StatusError} when it refuses
 */
export function createGrpcServer(take: (request: ExportRequest) => void): grpc.Server {
  // It refuses messages of more than 4 MiB by itself, with RESOURCE_EXHAUSTED.
  const server = new grpc.Server({ 'grpc.enable_channelz': 0 });
  for (const signal of signals) {
    server.addService(describe(signal), {
      Export: (call: grpc.ServerUnaryCall<Counted, null>, reply: grpc.sendUnaryData<null>) => {
        const authorization = String(call.metadata.get('authorization')[0] ?? '');
        try {
          take({ signal, protocol: 'grpc', authorization, ...call.request });
          reply(null, null);
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

/** A service whose requests are read as the number of records in them. */
function describe(signal: Signal): grpc.ServiceDefinition {
  const Export: grpc.MethodDefinition<Counted, null> = {
    path: `/${words[signal].service}/Export`,
    requestStream: false,
    responseStream: false,
    requestSerialize: () => emptyMessage,
    requestDeserialize: (message) => ({ records: countRecords(signal, message) }),
    responseSerialize: () => emptyMessage,
    responseDeserialize: () => null,
  };
  return { Export };
}
