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

/** The service's full name, as it stands in paths. */
export const serviceName = 'com.coralogixapis.aaa.apikeys.v3.ApiKeysService';

/**
 * The RPC that an HTTP/2 path stands for; undefined for another service.
 *
 * @param path as in the `:path` header
 */
export function rpcOfPath(path: string): RpcName | undefined {
  return rpcNames.find((name) => path === `/${serviceName}/${name}`);
}
