/** Whence the assumptions are: see docs/service.md. */
export const vendorDocument =
  'https://coralogix.com/docs/developer-portal/apis/data-management/send-your-data-management-api/';
export const vendorOverview =
  'https://coralogix.com/docs/api-reference/v3/api-keys-service/overview/';
export const terraformValue = 'https://github.com/coralogix/terraform-provider-coralogix/pull/532';
export const terraformProvider = 'https://github.com/coralogix/terraform-provider-coralogix';
export const statusCodes = 'https://grpc.github.io/grpc/core/md_doc_statuscodes.html';
export const otlpSpecification = 'https://opentelemetry.io/docs/specs/otlp/';
export const collectorExporter =
  'https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/coralogixexporter';
export const vendorStatuses =
  'the vendor’s how-to texts (over HTTP an empty body is 400 once the key was let in)';
export const proto = 'proto';

/** What the page calls them. */
export const sourceNames: Readonly<Record<string, string>> = {
  [vendorDocument]: 'the vendor’s document',
  [vendorOverview]: 'the vendor’s reference',
  [terraformValue]: 'terraform-provider-coralogix#532',
  [terraformProvider]: 'terraform-provider-coralogix',
  [statusCodes]: 'the statuses of gRPC',
  [otlpSpecification]: 'OTLP’s specification',
  [collectorExporter]: 'the vendor’s exporter',
};
