import tls from 'node:tls';
import {
  Client,
  credentials,
  logVerbosity,
  Metadata,
  setLogVerbosity,
  type ChannelCredentials,
  type ChannelOptions,
  type ServiceError,
} from '@grpc/grpc-js';
import { fromJSON, type MethodDefinition, type PackageDefinition } from '@grpc/proto-loader';
import type { Secret } from '../secret.ts';
import { causeOf } from './cause.ts';
import { descriptor } from './descriptor.generated.ts';
import { authority, type Endpoint } from './endpoint.ts';
import type { Proxy } from './proxy.ts';
import { readStatusDetails, statusDetailsDescriptor } from './status-details.ts';
import { CallError, type Rpc, type Transport } from './transport.ts';

/** How to reach the service. */
export interface ChannelSettings {
  readonly endpoint: Endpoint;
  readonly proxy: Proxy | undefined;
  /** PEM text of certificates to trust besides the usual ones. */
  readonly extraCertificates: string | undefined;
  /** The caller's key: printable ASCII without blanks, checked by `inputs.ts`. */
  readonly apiKey: Secret;
  /** A UUID that the vendor's support can look for. */
  readonly correlationId: string;
}

/** A transport that holds a connection. */
export interface Channel extends Transport {
  /** Ends the connection and all calls on it. */
  close(): void;
}

/** This client, as the service's log names it. */
const clientName = 'custom-coralogix-api-keys-action/1';

// 20,000 keys take about 10 MB; what is beyond this is no list of keys.
const largestReply = 64 * 1024 * 1024;

/** The options that are used, and no others: their own type lets a misspelt name through. */
type KnownOptions = Pick<
  { [Name in keyof ChannelOptions as string extends Name ? never : Name]: ChannelOptions[Name] },
  | 'grpc.enable_retries'
  | 'grpc.enable_channelz'
  | 'grpc.enable_http_proxy'
  | 'grpc.service_config_disable_resolution'
  | 'grpc.initial_reconnect_backoff_ms'
  | 'grpc.max_reconnect_backoff_ms'
  | 'grpc.dns_min_time_between_resolutions_ms'
  | 'grpc.max_receive_message_length'
  | 'grpc.primary_user_agent'
>;

const codec = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true };

/**
 * Opens the one channel of the step. Nothing is sent, and no connection made, before the first call.
 *
 * @param settings how to reach the service
 */
export function openChannel(settings: ChannelSettings): Channel {
  // GRPC_VERBOSITY and GRPC_TRACE would print headers, the caller's key among them.
  setLogVerbosity(logVerbosity.NONE);
  useProxy(settings.proxy);
  const { endpoint } = settings;
  const client = new Client(authority(endpoint), channelCredentials(settings), {
    // A retry below this line would send Create twice: see retry.ts.
    'grpc.enable_retries': 0,
    'grpc.enable_channelz': 0,
    'grpc.enable_http_proxy': settings.proxy === undefined ? 0 : 1,
    // The lookup of a TXT record costs a round trip and holds up the exit by up to 27 s.
    'grpc.service_config_disable_resolution': 1,
    // In backoff a channel fails new calls at once with the old error, so the retries need it short.
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 2000,
    'grpc.dns_min_time_between_resolutions_ms': 500,
    'grpc.max_receive_message_length': largestReply,
    'grpc.primary_user_agent': clientName,
  } satisfies KnownOptions);
  const methods = loadMethods();
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${settings.apiKey.reveal()}`);
  metadata.set('x-cx-sdk-version', clientName);
  metadata.set('x-cx-correlation-id', settings.correlationId);

  return {
    call(rpc, request, timeoutMs) {
      const method = methods(rpc);
      return new Promise((resolve, reject) => {
        const call = client.makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          request,
          metadata,
          { deadline: Date.now() + timeoutMs },
          (error, reply) => {
            // The peer is the target for as long as no connection was picked for the call.
            const unsent = call.getPeer() === client.getChannel().getTarget();
            if (error === null) resolve(reply);
            else reject(callError(error, unsent, settings.proxy !== undefined));
          },
        );
      });
    },
    close() {
      client.close();
    },
  };
}

function channelCredentials({ endpoint, extraCertificates }: ChannelSettings): ChannelCredentials {
  if (!endpoint.secure) return credentials.createInsecure();
  if (extraCertificates === undefined) return credentials.createSsl();
  // Certificates that are given replace the usual roots, so those are given, too.
  return credentials.createSsl(Buffer.from([...usualRoots(), extraCertificates].join('\n')));
}

function usualRoots(): readonly string[] {
  // Node 20 has no such function; from 22 on it knows NODE_EXTRA_CA_CERTS and the system's store, too.
  const { getCACertificates }: Partial<Pick<typeof tls, 'getCACertificates'>> = tls;
  return getCACertificates?.('default') ?? tls.rootCertificates;
}

/**
 * Hands the proxy to the transport, which knows one way only: its environment variable. What
 * `no_proxy` says has been settled by `findProxy`.
 */
function useProxy(proxy: Proxy | undefined): void {
  if (proxy === undefined) return;
  const url = new URL(`http://${authority(proxy)}`);
  const [user = '', ...password] = (proxy.credentials ?? '').split(':');
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password.join(':'));
  process.env['grpc_proxy'] = url.href;
  process.env['no_grpc_proxy'] = 'none.invalid';
}

type Method = MethodDefinition<object, object>;

// proto-loader makes this function, and its types forget it.
interface Message {
  readonly deserialize: (bytes: Buffer) => unknown;
}

function load(json: object): PackageDefinition {
  return fromJSON(json as Parameters<typeof fromJSON>[0], codec);
}

function loadMethods(): (rpc: Rpc) => Method {
  const service = load(descriptor)['com.coralogixapis.aaa.apikeys.v3.ApiKeysService'];
  return (rpc) => {
    const method = (service as Readonly<Record<string, Method>> | undefined)?.[rpc];
    if (method === undefined) throw new Error(`The descriptor has no ${rpc}.`);
    return method;
  };
}

function callError(error: ServiceError, unsent: boolean, proxied: boolean): CallError {
  const code: unknown = error.code;
  const known = typeof code === 'number' && !Number.isNaN(code) ? code : undefined;
  const sent = unsent ? 'never' : 'maybe';
  const details = typeof error.details === 'string' ? error.details : '';
  const trailers = (error.metadata as Metadata | undefined)?.get('grpc-status-details-bin') ?? [];
  const [first] = trailers;
  return new CallError({
    cause: causeOf({ code: known, details, sent, proxied }),
    sent,
    code: known,
    text: unescapeMessage(details),
    ...(Buffer.isBuffer(first)
      ? readStatusDetails(first, statusDecoder())
      : { retryAfterMs: undefined, remarks: [] }),
  });
}

/** `grpc-message` can arrive still escaped: decode once more where that gives text. */
function unescapeMessage(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Made when a status has details, which is rare, and not at the start. */
function statusDecoder(): (type: string, bytes: Buffer) => unknown {
  const types = load(statusDetailsDescriptor) as Readonly<Record<string, Partial<Message>>>;
  return (type, bytes) => {
    const deserialize = types[type]?.deserialize;
    if (deserialize === undefined) throw new Error(`Unknown type ${type}.`);
    return deserialize(bytes);
  };
}
