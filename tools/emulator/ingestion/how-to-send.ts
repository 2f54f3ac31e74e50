import { receivedPath } from './front.ts';
import type { Ingestion } from './index.ts';

/**
 * How to send with a key, for a person: the environment variables that every OpenTelemetry SDK reads,
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/, by the names of the action's outputs
 * where it has them.
 *
 * @param caFile where the CA's certificate was written; undefined without TLS
 */
export function howToSend(
  { ingestion }: { readonly ingestion: Ingestion },
  caFile: string | undefined,
): string {
  const certificate = caFile === undefined ? [] : [`OTEL_EXPORTER_OTLP_CERTIFICATE=${caFile}`];
  const variables = [
    `OTEL_EXPORTER_OTLP_ENDPOINT=${ingestion.endpoint}`,
    'OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20KEY',
    'OTEL_EXPORTER_OTLP_PROTOCOL=grpc',
    ...certificate,
  ];
  return `  otlp_endpoint    ${ingestion.endpoint}
  what arrived     ${ingestion.endpoint}${receivedPath}

${variables.map((variable) => `  ${variable}`).join('\n')}`;
}
