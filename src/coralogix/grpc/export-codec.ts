import { load, loadStatusDecoder, type Method } from './codec.ts';

export { loadStatusDecoder };

const packageName = 'opentelemetry.proto.collector.logs.v1';

/**
 * OTLP's `LogsService`, as far as a request without records needs it. Names and field numbers as
 * published in opentelemetry/proto/collector/logs/v1/logs_service.proto:
 * https://github.com/open-telemetry/opentelemetry-proto
 */
const service = {
  LogsService: {
    methods: {
      Export: {
        requestType: 'ExportLogsServiceRequest',
        responseType: 'ExportLogsServiceResponse',
      },
    },
  },
  ExportLogsServiceRequest: { fields: {} },
  ExportLogsServiceResponse: {
    fields: { partial_success: { type: 'ExportLogsPartialSuccess', id: 1 } },
  },
  ExportLogsPartialSuccess: {
    fields: {
      rejected_log_records: { type: 'int64', id: 1 },
      error_message: { type: 'string', id: 2 },
    },
  },
};

/** Makes the codec of an export without records. */
export function loadMethod(): Method {
  const json = packageName
    .split('.')
    .reduceRight<object>((nested, part) => ({ [part]: { nested } }), service);
  const loaded = load({ nested: json })[`${packageName}.LogsService`];
  const method = (loaded as Readonly<Record<string, Method>> | undefined)?.['Export'];
  if (method === undefined) throw new Error('The descriptor has no Export.');
  return method;
}
