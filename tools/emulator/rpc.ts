/** The five RPCs of the service. */
export const rpcNames = [
  'CreateApiKey',
  'GetApiKey',
  'DeleteApiKey',
  'UpdateApiKey',
  'GetSendDataApiKeys',
] as const;

/** One of {@link rpcNames}. */
export type RpcName = (typeof rpcNames)[number];

/** The package that the service and its messages are in. */
export const packageName = 'com.coralogixapis.aaa.apikeys.v3';

/** The service's full name, as it stands in paths. */
export const serviceName = `${packageName}.ApiKeysService`;

/**
 * The RPC that an HTTP/2 path stands for; undefined for another service.
 *
 * @param path as in the `:path` header
 */
export function rpcOfPath(path: string): RpcName | undefined {
  return rpcNames.find((name) => path === `/${serviceName}/${name}`);
}
