import protobuf from 'protobufjs';
import type { PartialSuccess } from './behaviour.ts';

/** What telemetry is made of, by the names that OTLP's paths and messages give it. */
export const signals = ['logs', 'traces', 'metrics'] as const;

/** One of {@link signals}. */
export type Signal = (typeof signals)[number];

/** What one signal is called on the wire. */
interface SignalWords {
  /** The gRPC service. */
  readonly service: string;
  /** The path over HTTP. */
  readonly path: string;
  /** `Export…ServiceRequest`, in the descriptor below. */
  readonly request: string;
  /** The field of a partial success in JSON that says how many records were rejected. */
  readonly rejected: string;
}

const collector = 'opentelemetry.proto.collector';

/** https://opentelemetry.io/docs/specs/otlp/#otlphttp-request, and the services of the `.proto` files. */
export const words: Readonly<Record<Signal, SignalWords>> = {
  logs: {
    service: `${collector}.logs.v1.LogsService`,
    path: '/v1/logs',
    request: 'ExportLogsServiceRequest',
    rejected: 'rejectedLogRecords',
  },
  traces: {
    service: `${collector}.trace.v1.TraceService`,
    path: '/v1/traces',
    request: 'ExportTraceServiceRequest',
    rejected: 'rejectedSpans',
  },
  metrics: {
    service: `${collector}.metrics.v1.MetricsService`,
    path: '/v1/metrics',
    request: 'ExportMetricsServiceRequest',
    rejected: 'rejectedDataPoints',
  },
};

const repeated = (type: string, id: number): object => ({ rule: 'repeated', type, id });
const single = (type: string, id: number): object => ({ type, id });

/**
 * The way from a request to its records, and nothing else of OTLP: what is inside a record is bytes
 * here, and a field that is not named is skipped, as protobuf has it. The numbers are those of
 * https://github.com/open-telemetry/opentelemetry-proto (`logs.proto`, `trace.proto`,
 * `metrics.proto`), where they are stable.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    ExportLogsServiceRequest: { fields: { resourceLogs: repeated('ResourceLogs', 1) } },
    ResourceLogs: { fields: { scopeLogs: repeated('ScopeLogs', 2) } },
    ScopeLogs: { fields: { logRecords: repeated('bytes', 2) } },
    ExportTraceServiceRequest: { fields: { resourceSpans: repeated('ResourceSpans', 1) } },
    ResourceSpans: { fields: { scopeSpans: repeated('ScopeSpans', 2) } },
    ScopeSpans: { fields: { spans: repeated('bytes', 2) } },
    ExportMetricsServiceRequest: { fields: { resourceMetrics: repeated('ResourceMetrics', 1) } },
    ResourceMetrics: { fields: { scopeMetrics: repeated('ScopeMetrics', 2) } },
    ScopeMetrics: { fields: { metrics: repeated('Metric', 2) } },
    Metric: {
      fields: {
        gauge: single('DataPoints', 5),
        sum: single('DataPoints', 7),
        histogram: single('DataPoints', 9),
        exponentialHistogram: single('DataPoints', 10),
        summary: single('DataPoints', 11),
      },
    },
    DataPoints: { fields: { dataPoints: repeated('bytes', 1) } },
    // Export…ServiceResponse and its partial success have the same shape for each signal.
    Response: { fields: { partialSuccess: single('PartialSuccess', 1) } },
    PartialSuccess: { fields: { rejected: single('int64', 1), message: single('string', 2) } },
    // google.rpc.Status, which OTLP over HTTP answers with when it refuses.
    Status: { fields: { code: single('int32', 1), message: single('string', 2) } },
  },
} as protobuf.INamespace);

/** Where the records are: the fields to go through, outermost first, by their names in JSON. */
const wayToRecords: Readonly<Record<Signal, readonly (readonly string[])[]>> = {
  logs: [['resourceLogs'], ['scopeLogs'], ['logRecords']],
  traces: [['resourceSpans'], ['scopeSpans'], ['spans']],
  // Data points are what a collector counts of metrics, and what a partial success speaks of.
  metrics: [
    ['resourceMetrics'],
    ['scopeMetrics'],
    ['metrics'],
    ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'],
    ['dataPoints'],
  ],
};

/**
 * How many records a request carries: log records, spans, or data points.
 *
 * @param message the protobuf message
 * @throws Error when it is none
 */
export function countRecords(signal: Signal, message: Uint8Array): number {
  return count(root.lookupType(words[signal].request).decode(message), wayToRecords[signal]);
}

/**
 * As {@link countRecords}, of a request in JSON.
 *
 * @throws Error when it is no JSON object
 */
export function countRecordsOfJson(signal: Signal, text: string): number {
  const request: unknown = JSON.parse(text);
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    throw new Error('the request is no JSON object');
  }
  return count(request, wayToRecords[signal]);
}

/** An `Export…ServiceResponse`; empty when all was taken, as OTLP wants it. */
export function encodeResponse(partialSuccess: PartialSuccess | undefined): Buffer {
  const message = partialSuccess === undefined ? {} : { partialSuccess };
  return Buffer.from(root.lookupType('Response').encode(message).finish());
}

/** As {@link encodeResponse}, in JSON, which writes numbers of 64 bits as text. */
export function responseAsJson(signal: Signal, partialSuccess: PartialSuccess | undefined): string {
  if (partialSuccess === undefined) return '{}';
  const { rejected, message } = partialSuccess;
  const told = { [words[signal].rejected]: String(rejected), errorMessage: message };
  return JSON.stringify({ partialSuccess: told });
}

/** A `google.rpc.Status`. */
export function encodeStatus(code: number, message: string): Buffer {
  return Buffer.from(root.lookupType('Status').encode({ code, message }).finish());
}

/** How many things there are at the end of the way, whichever branches it takes. */
function count(from: unknown, way: readonly (readonly string[])[]): number {
  const [fields, ...rest] = way;
  if (fields === undefined) return 1;
  if (typeof from !== 'object' || from === null) return 0;
  const message = from as Readonly<Record<string, unknown>>;
  return fields
    .filter((field) => Object.hasOwn(message, field))
    .flatMap((field) => message[field])
    .reduce<number>((sum, inner) => sum + count(inner, rest), 0);
}
