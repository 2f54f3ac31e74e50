import type { Secret } from './secret.ts';

/**
 * The messages of proto/…/api_keys.proto as proto-loader gives and takes them: unset messages are null,
 * absent `optional` fields are absent, repeated ones are always there.
 */

/** The five RPCs. */
export type Rpc =
  'CreateApiKey' | 'GetApiKey' | 'UpdateApiKey' | 'DeleteApiKey' | 'GetSendDataApiKeys';

/** A request of each RPC. */
export interface Requests {
  readonly CreateApiKey: CreateRequest;
  readonly GetApiKey: { readonly key_id: string };
  readonly UpdateApiKey: UpdateRequest;
  readonly DeleteApiKey: { readonly key_id: string };
  readonly GetSendDataApiKeys: Readonly<Record<string, never>>;
}

/** A reply of each RPC; every `value` in it is a {@link Secret}. */
export interface Replies {
  readonly CreateApiKey: {
    readonly key_id: string;
    readonly name: string;
    readonly value: Secret | undefined;
  };
  readonly GetApiKey: { readonly key_info: KeyInfo | null };
  readonly UpdateApiKey: object;
  readonly DeleteApiKey: object;
  readonly GetSendDataApiKeys: { readonly keys: readonly KeyInfo[] };
}

export interface CreateRequest {
  readonly name: string;
  readonly owner: { readonly team_id: number };
  readonly key_permissions: {
    readonly presets: readonly string[];
    readonly permissions: readonly string[];
  };
  readonly hashed: boolean;
  readonly access_policy?: string;
}

export interface UpdateRequest {
  readonly key_id: string;
  readonly new_name?: string;
  readonly is_active?: boolean;
  readonly presets?: { readonly presets: readonly string[] };
  readonly permissions?: { readonly permissions: readonly string[] };
  readonly access_policy?: string;
}

export interface KeyInfo {
  readonly id: string;
  readonly name: string;
  readonly owner: {
    readonly user_id?: string;
    readonly team_id?: number;
    readonly organisation_id?: string;
  } | null;
  readonly active: boolean;
  readonly hashed: boolean;
  readonly key_permissions: {
    readonly presets: readonly { readonly name: string; readonly permissions: readonly string[] }[];
    readonly permissions: readonly string[];
  } | null;
  readonly value?: Secret;
  readonly access_policy?: string;
}
