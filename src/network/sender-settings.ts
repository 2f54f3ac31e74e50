import type { Secret } from '../core/secret.ts';
import { authority, type Endpoint } from './endpoint.ts';

/** What senders are set up with. */
export interface SenderSettings {
  /** What they put `ingress.` before by themselves; undefined where that would lead elsewhere. */
  readonly domain: string | undefined;
  /** OTEL_EXPORTER_OTLP_ENDPOINT: for OTLP over gRPC and over HTTP. */
  readonly otlpEndpoint: string | undefined;
  /** OTEL_EXPORTER_OTLP_HEADERS; undefined where no value is known. It holds the value. */
  readonly otlpHeaders: string | undefined;
  /** All that must be masked before any of it is handed out: the headers, and their parts. */
  readonly secrets: readonly string[];
}

/**
 * What senders need, besides a key's value by itself.
 *
 * @param ingestion where telemetry goes; undefined when that is not known
 * @param value     the key's value; undefined when that is not known
 */
export function senderSettings(
  ingestion: Endpoint | undefined,
  value: Secret | undefined,
): SenderSettings {
  const scheme = ingestion?.secure === false ? 'http' : 'https';
  const header = value === undefined ? undefined : encoded(`Bearer ${value.reveal()}`);
  const otlpHeaders = header === undefined ? undefined : `Authorization=${header}`;
  return {
    domain: ingestion === undefined ? undefined : senderDomain(ingestion),
    otlpEndpoint: ingestion === undefined ? undefined : `${scheme}://${authority(ingestion)}`,
    otlpHeaders,
    secrets:
      value === undefined || header === undefined || otlpHeaders === undefined
        ? []
        : [value.reveal(), encoded(value.reveal()), header, otlpHeaders],
  };
}

/**
 * The domain as senders take it, which put `ingress.` before it. Undefined where that would lead elsewhere.
 *
 * @param ingestion where telemetry goes
 */
export function senderDomain({ host, port, secure }: Endpoint): string | undefined {
  const isUsual = secure && port === 443 && host.startsWith('ingress.');
  return isUsual ? host.slice('ingress.'.length) : undefined;
}

/**
 * As the values of OTEL_EXPORTER_OTLP_HEADERS are: percent-encoded, the blank as well, which some SDKs do
 * not take (https://github.com/open-telemetry/opentelemetry-specification/issues/3832).
 */
function encoded(text: string): string {
  return encodeURIComponent(text);
}
