import type { Secret } from '../core/secret.ts';
import type { Endpoint } from './endpoint.ts';
import type { Proxy } from './proxy.ts';

/** How to reach the service, and as whom. */
export interface Connection {
  readonly endpoint: Endpoint;
  /** What the user said that with, for hints: `` `region` `` or `` `domain` (from CORALOGIX_DOMAIN) ``. */
  readonly placedBy?: string;
  /** Undefined for a direct connection. */
  readonly proxy: Proxy | undefined;
  /** PEM text of certificates to trust besides the usual ones. */
  readonly extraCertificates: string | undefined;
  /** The caller's key: printable ASCII without blanks. */
  readonly apiKey: Secret;
}

/** How to reach the ingestion: without the caller's key. */
export type IngestionConnection = Omit<Connection, 'apiKey' | 'placedBy'> & {
  readonly placedBy: string;
};
