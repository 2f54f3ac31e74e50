/**
 * An application that sends one batch of telemetry and ends: the demo runs it in a process of its own.
 * It knows nothing of keys. OpenTelemetry's exporters read where to and as whom from the standard
 * variables, https://opentelemetry.io/docs/specs/otel/protocol/exporter/: OTEL_EXPORTER_OTLP_ENDPOINT,
 * OTEL_EXPORTER_OTLP_HEADERS and OTEL_EXPORTER_OTLP_CERTIFICATE.
 * It prints what came of each signal: a line each, `logs: sent` or `logs: refused (16 …)`.
 */
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/** As far as the exporters of the three signals are the same. */
interface Exporter<Items> {
  export(items: Items, done: (result: { readonly error?: Error }) => void): void;
}

/** Has the exporter's answer printed on its way to the SDK, which only logs it. */
function told<Items, Told extends Exporter<Items>>(signal: string, exporter: Told): Told {
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) => {
    send(items, (result) => {
      const why = result.error?.message;
      console.log(`${signal}: ${why === undefined ? 'sent' : `refused (${why})`}`);
      done(result);
    });
  };
  return exporter;
}

const logs = new LoggerProvider({
  processors: [new BatchLogRecordProcessor({ exporter: told('logs', new OTLPLogExporter()) })],
});
const logger = logs.getLogger('shop');
for (const body of ['cart opened', 'item added', 'order placed']) logger.emit({ body });

const traces = new TracerProvider({
  spanProcessors: [new BatchSpanProcessor({ exporter: told('spans', new OTLPTraceExporter()) })],
});
const tracer = traces.getTracer('shop');
for (const name of ['GET /cart', 'POST /order']) tracer.startSpan(name).end();

const metrics = new MeterProvider({
  readers: [
    new PeriodicExportingMetricReader({ exporter: told('metrics', new OTLPMetricExporter()) }),
  ],
});
metrics.getMeter('shop').createCounter('orders').add(1);

// Each sends what it has, and rejects where that fails: that is printed by then.
await Promise.allSettled([logs.shutdown(), traces.shutdown(), metrics.shutdown()]);
