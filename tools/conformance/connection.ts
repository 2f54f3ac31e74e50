import grpc from '@grpc/grpc-js';

/** Where to, and whom to trust there. */
export interface Place {
  /** `host:port`. */
  readonly endpoint: string;
  /** PEM text, trusted in place of the system's CAs. */
  readonly caCertificate: string | undefined;
  /** Without TLS: for loopback only. */
  readonly isPlain: boolean;
}

/** As in the vendor's SDKs and in the action: no call may wait longer for its answer, in milliseconds. */
export const callTimeoutMs = 20_000;

/** A channel that sends each call once. */
export function openChannel({ endpoint, caCertificate, isPlain }: Place): grpc.Client {
  const ca = caCertificate === undefined ? null : Buffer.from(caCertificate);
  const credentials = isPlain ? grpc.credentials.createInsecure() : grpc.credentials.createSsl(ca);
  return new grpc.Client(endpoint, credentials, {
    // Otherwise a Create whose reply is lost is sent again, and makes another key.
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.max_receive_message_length': 64 * 1024 * 1024,
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 2000,
  });
}

/** A status by its name; `status 99` if it has none. */
export const nameOf = (code: number): string => grpc.status[code] ?? `status ${code}`;
