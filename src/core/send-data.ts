/**
 * What a Send-Your-Data key may do, as the vendor's page on these keys has it:
 * https://coralogix.com/docs/user-guides/account-management/api-keys/send-your-data-api-key/index.md
 */

/** The preset of Send-Your-Data keys. */
export const sendDataPreset = 'SendData';

/** The permissions that the preset holds. Each of them can be given by itself, too. */
export const sendDataPermissions: readonly string[] = [
  'cloud-metadata-ingress:SendData',
  'logs.data-ingress:SendData',
  'metrics.data-ingress:SendData',
  'spans.data-ingress:SendData',
  'contextual-data:SendData',
];
