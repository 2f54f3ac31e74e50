import { constants } from 'node:crypto';
import { createSecureContext, getCACertificates } from 'node:tls';
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
import { redact } from '../../core/redaction.ts';
import type { Secret } from '../../core/secret.ts';
import { diagnose } from './cause.ts';
import { withoutWrapping } from './words.ts';
import type { Method } from './codec.ts';
import { authority, type Endpoint } from '../../network/endpoint.ts';
import { proxyUrl, type Proxy } from '../../network/proxy.ts';
import { allowEarlyRequest } from './early-request.ts';
import { readStatusDetails, type Decode } from './status-details.ts';
import { statusName } from '../status.ts';
import {
  CallError,
  type AnyRpc,
  type IngestionRpc,
  type Rpc,
  type Transport,
} from '../transport.ts';

/** How to reach one of the vendor's two services. */
interface HostSettings {
  readonly endpoint: Endpoint;
  readonly proxy: Proxy | undefined;
  /** PEM text of certificates to trust besides the usual ones. */
  readonly extraCertificates: string | undefined;
  /**
   * Whether the first call goes out before the service has said a word: one round trip less. Not if
   * that may be a Create: see `early-request.ts`.
   */
  readonly allowEarlyRequest?: boolean;
}

/** How to reach the service. */
export interface ChannelSettings extends HostSettings {
  /** The caller's key: printable ASCII without blanks, checked by `fields.ts`. */
  readonly apiKey: Secret;
  /** A UUID that the vendor's support can look for. */
  readonly correlationId: string;
}

/** A transport that holds a connection. */
export interface Channel extends Transport {
  /** No call is begun from now on; what is on its way is not waited for. */
  readonly close: () => void;
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
  | 'grpc.use_local_subchannel_pool'
  | 'grpc.initial_reconnect_backoff_ms'
  | 'grpc.max_reconnect_backoff_ms'
  | 'grpc.dns_min_time_between_resolutions_ms'
  | 'grpc.max_receive_message_length'
  | 'grpc.primary_user_agent'
  | 'grpc-node.flow_control_window'
>;

/** How the messages of a connection's calls become bytes. */
interface Codec<Name> {
  readonly loadMethod: (rpc: Name) => Method;
  readonly loadStatusDecoder: () => Decode;
}

/** Sends one call with these headers; throws {@link CallError} and nothing else. */
type SendCall<Name> = (
  call: { readonly rpc: Name; readonly request: object; readonly timeoutMs: number },
  metadata: Metadata,
) => Promise<unknown>;

/** An open connection. */
interface Connection<Name> {
  readonly send: SendCall<Name>;
  readonly close: () => void;
}

/**
 * Opens the step's channel to the API: all calls are the caller's.
 *
 * @param settings how to reach the service
 */
export function openChannel(settings: ChannelSettings): Channel {
  const { send, close }: Connection<Rpc> = openConnection(settings, import('./codec.ts'));
  const metadata = asBearer(settings.apiKey);
  metadata.set('x-cx-sdk-version', clientName);
  metadata.set('x-cx-correlation-id', settings.correlationId);
  return {
    call: (rpc, request, timeoutMs) => send({ rpc, request, timeoutMs }, metadata),
    close,
  };
}

/** A channel to the ingestion: each call is made with a key of its own, and that is all it says. */
export interface IngestionChannel {
  /**
   * Sends an export without any records, once.
   *
   * @param key       whose
   * @param timeoutMs after so many milliseconds it fails
   * @returns the reply as decoded
   * @throws {@link CallError} and nothing else
   */
  exportNothing(key: Secret, timeoutMs: number): Promise<unknown>;
  readonly close: () => void;
}

/**
 * Opens a channel to the ingestion. It never learns the caller's key.
 *
 * @param settings how to reach it
 */
export function openIngestionChannel(settings: HostSettings): IngestionChannel {
  const { send, close }: Connection<IngestionRpc> = openConnection(
    settings,
    import('./export-codec.ts'),
  );
  return {
    exportNothing: (key, timeoutMs) =>
      send({ rpc: 'ExportLogs', request: {}, timeoutMs }, asBearer(key)),
    close,
  };
}

function asBearer(key: Secret): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${key.reveal()}`);
  return metadata;
}

/**
 * Opens a connection. It is begun at once, and the codec is loaded while it comes about; nothing is sent
 * before the first call. All calls go over that connection, until one of them has had no answer in
 * time: then the calls after it get a new one.
 */
function openConnection<Name extends AnyRpc>(
  settings: HostSettings,
  codec: Promise<Codec<Name>>,
): Connection<Name> {
  // GRPC_VERBOSITY and GRPC_TRACE (grpc-js, `logging.ts`) would print headers, the caller's key among
  // them.
  setLogVerbosity(logVerbosity.NONE);
  const { endpoint } = settings;
  const proxied = settings.proxy !== undefined;
  const trust = channelCredentials(settings);
  const options = optionsFor(proxied);
  const connected = (): Client => {
    useProxy(settings.proxy);
    const client = new Client(authority(endpoint), trust, options);
    client.getChannel().getConnectivityState(true);
    return client;
  };
  const early = settings.allowEarlyRequest === true ? allowEarlyRequest() : undefined;
  const first = connected();
  let current = first;
  const methods = new Map<Name, Method>();

  return {
    async send({ rpc, request, timeoutMs }, metadata) {
      const { loadMethod, loadStatusDecoder } = await codec;
      const method = methods.get(rpc) ?? loadMethod(rpc);
      methods.set(rpc, method);
      const client = current;
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
            if (error === null) {
              resolve(reply);
              return;
            }
            const isHeard = client !== first || early === undefined || early.isHeard();
            const failure = callError(error, { unsent, proxied, isHeard, loadStatusDecoder });
            // Whether the host is slow or the connection dead cannot be told, and the transport would
            // send all that follows into a dead one. The calls that are on it stay on it.
            if (failure.facts.cause === 'timeout' && client === current) {
              current = connected();
              client.close();
            }
            reject(failure);
          },
        );
      });
    },
    close() {
      early?.forbid();
      current.close();
    },
  };
}

function optionsFor(proxied: boolean): KnownOptions {
  // What is said of each was measured with grpc-js 1.14.7.
  return {
    // A retry below this line would send Create twice: see retry.ts.
    'grpc.enable_retries': 0,
    'grpc.enable_channelz': 0,
    'grpc.enable_http_proxy': proxied ? 1 : 0,
    // Otherwise a new client is given the connection of the old one.
    'grpc.use_local_subchannel_pool': 1,
    // The lookup of a TXT record costs a round trip and holds up the exit by up to 27 s.
    'grpc.service_config_disable_resolution': 1,
    // In backoff a channel fails new calls at once with the old error, so the retries need it short.
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 2000,
    'grpc.dns_min_time_between_resolutions_ms': 500,
    'grpc.max_receive_message_length': largestReply,
    // Without it the service stops after each 64 KB and waits: 84 round trips for 20,000 keys.
    'grpc-node.flow_control_window': largestReply,
    'grpc.primary_user_agent': clientName,
  };
}

// Node's own defaults (https://nodejs.org/api/tls.html, tls.createSecureContext), written down: nothing
// lowers them, whatever NODE_OPTIONS says.
const strength = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: constants.defaultCoreCipherList,
} as const;

/**
 * Whom to trust: those whom Node trusts, and the extra ones. A context of our own, as grpc-js would
 * have an environment variable replace all roots, or take ciphers from one (`tls-helpers.ts`).
 */
function channelCredentials({ endpoint, extraCertificates }: HostSettings): ChannelCredentials {
  if (!endpoint.secure) return credentials.createInsecure();
  const context = createSecureContext(strength);
  if (extraCertificates === undefined) return credentials.createFromSecureContext(context);
  // Certificates that are given to createSecureContext replace the usual ones, and to hand it all of
  // them as text takes as long as the rest of the connection. So they are added to those that it has.
  const { addCACert } = context.context as { addCACert?: (pem: string) => void };
  if (addCACert === undefined) {
    const ca = [...getCACertificates('default'), extraCertificates];
    return credentials.createFromSecureContext(createSecureContext({ ...strength, ca }));
  }
  for (const pem of extraCertificates.split(/(?<=-----END CERTIFICATE-----)/u)) {
    if (pem.trim() !== '') addCACert.call(context.context, pem);
  }
  return credentials.createFromSecureContext(context);
}

/**
 * Hands the proxy to the transport, which knows one way only: its environment variable
 * (`http_proxy.ts`), read as a client is made. What `no_proxy` says has been settled by `findProxy`.
 */
function useProxy(proxy: Proxy | undefined): void {
  if (proxy === undefined) return;
  process.env['grpc_proxy'] = proxyUrl(proxy);
  process.env['no_grpc_proxy'] = 'none.invalid';
}

interface Circumstances {
  readonly unsent: boolean;
  readonly proxied: boolean;
  readonly isHeard: boolean;
  readonly loadStatusDecoder: () => Decode;
}

function callError(
  error: ServiceError,
  { unsent, proxied, isHeard, loadStatusDecoder }: Circumstances,
): CallError {
  const status = statusName(error.code);
  const sent = unsent ? 'never' : 'maybe';
  const details = typeof error.details === 'string' ? error.details : '';
  const trailers = (error.metadata as Metadata | undefined)?.get('grpc-status-details-bin') ?? [];
  const [first] = trailers;
  const diagnosis = diagnose({ status, details, sent, proxied, isHeard });
  // Decoded, a secret would no longer be known for one.
  const text = unescapeMessage(redact(details));
  return new CallError({
    ...diagnosis,
    sent,
    status,
    text: diagnosis.cause === 'status' ? text : withoutWrapping(text),
    ...(Buffer.isBuffer(first)
      ? readStatusDetails(first, loadStatusDecoder())
      : { retryAfterMs: undefined, remarks: [] }),
  });
}

/**
 * `grpc-message` is percent-encoded (gRPC over HTTP/2, "Responses"), and grpc-js takes that off with
 * `decodeURI`, which leaves `%3F` and its like: decode once more where that gives text.
 */
function unescapeMessage(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
