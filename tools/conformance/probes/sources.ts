/** Whence the assumptions are: see docs/service.md. */
export const vendorDocument =
  'https://coralogix.com/docs/developer-portal/apis/data-management/send-your-data-management-api/';
export const vendorOverview =
  'https://coralogix.com/docs/api-reference/v3/api-keys-service/overview/';
export const terraformValue = 'https://github.com/coralogix/terraform-provider-coralogix/pull/532';
export const terraformProvider = 'https://github.com/coralogix/terraform-provider-coralogix';
export const statusCodes = 'https://grpc.github.io/grpc/core/md_doc_statuscodes.html';
export const proto = 'proto';

/** What the page calls them. */
export const sourceNames: Readonly<Record<string, string>> = {
  [vendorDocument]: 'the vendor’s document',
  [vendorOverview]: 'the vendor’s reference',
  [terraformValue]: 'terraform-provider-coralogix#532',
  [terraformProvider]: 'terraform-provider-coralogix',
  [statusCodes]: 'the statuses of gRPC',
};
