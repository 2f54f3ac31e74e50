/**
 * What the `SendData` preset allows, as the vendor's page on API keys documents it. What other presets
 * allow is not published in full: they are given back with their name alone.
 */
const sendDataPermissions = [
  'cloud-metadata-ingress:SendData',
  'logs.data-ingress:SendData',
  'metrics.data-ingress:SendData',
  'spans.data-ingress:SendData',
  'contextual-data:SendData',
] as const;

/** The preset of Send-Your-Data keys. */
export const sendDataPreset = 'SendData';

/** What a preset allows, as far as it is published. */
export function permissionsOfPreset(name: string): readonly string[] {
  return name === sendDataPreset ? sendDataPermissions : [];
}

/** Whether a key may send data, by its preset or by a permission of its own, whatever else it may. */
export function isSendDataKey(key: {
  readonly presets: readonly string[];
  readonly permissions: readonly string[];
}): boolean {
  return (
    key.presets.includes(sendDataPreset) ||
    sendDataPermissions.some((permission) => key.permissions.includes(permission))
  );
}
