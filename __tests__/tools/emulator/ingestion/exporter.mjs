// An application that sends one batch of telemetry with the OpenTelemetry SDK and its OTLP exporters,
// and knows nothing but the SDK's standard environment variables:
// https://opentelemetry.io/docs/specs/otel/protocol/exporter/. The exporters read them by themselves,
// all but OTEL_EXPORTER_OTLP_PROTOCOL: which package an application loads is its own choice.
// It sends three log records, two spans, and three data points of two metrics. Its output is one line
// of JSON: for each signal null, or what the exporter's error says.
const kinds = { grpc: 'grpc', 'http/protobuf': 'proto' };
const kind = kinds[process.env.OTEL_EXPORTER_OTLP_PROTOCOL];
if (kind === undefined) throw new Error('OTEL_EXPORTER_OTLP_PROTOCOL is not known here');

const { LoggerProvider, BatchLogRecordProcessor } = await import('@opentelemetry/sdk-logs');
const { TracerProvider, BatchSpanProcessor } = await import('@opentelemetry/sdk-trace');
const { MeterProvider, PeriodicExportingMetricReader } = await import('@opentelemetry/sdk-metrics');
const { OTLPLogExporter } = await import(`@opentelemetry/exporter-logs-otlp-${kind}`);
const { OTLPTraceExporter } = await import(`@opentelemetry/exporter-trace-otlp-${kind}`);
const { OTLPMetricExporter } = await import(`@opentelemetry/exporter-metrics-otlp-${kind}`);

const outcomes = { logs: 'not sent', traces: 'not sent', metrics: 'not sent' };

/** Has the exporter's answer noted on its way to the SDK, which only logs it. */
function noted(signal, exporter) {
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) =>
    send(items, (result) => {
      const { error } = result;
      outcomes[signal] =
        error === undefined ? null : { code: error.code ?? null, message: String(error.message) };
      done(result);
    });
  return exporter;
}

const logs = new LoggerProvider({
  processors: [new BatchLogRecordProcessor({ exporter: noted('logs', new OTLPLogExporter()) })],
});
for (const body of ['one', 'two', 'three']) logs.getLogger('application').emit({ body });

const traces = new TracerProvider({
  spanProcessors: [new BatchSpanProcessor({ exporter: noted('traces', new OTLPTraceExporter()) })],
});
for (const name of ['one', 'two']) traces.getTracer('application').startSpan(name).end();

const metrics = new MeterProvider({
  readers: [
    new PeriodicExportingMetricReader({ exporter: noted('metrics', new OTLPMetricExporter()) }),
  ],
});
const meter = metrics.getMeter('application');
const counter = meter.createCounter('requests');
counter.add(1, { route: '/a' });
counter.add(2, { route: '/b' });
meter.createHistogram('duration').record(0.3);

// Each sends what it has, and rejects where that fails: the outcome is noted all the same.
await Promise.allSettled([logs.shutdown(), traces.shutdown(), metrics.shutdown()]);
console.log(JSON.stringify(outcomes));
