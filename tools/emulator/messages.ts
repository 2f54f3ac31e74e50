import type { CreateArguments, KeyView, Owner, UntoldField, UpdateArguments } from './key.ts';
import { permissionsOfPreset } from './presets.ts';

/**
 * The messages of the wire as proto-loader gives and takes them, and their translation. Absent
 * `optional` fields are absent here; repeated fields are always there.
 */

/** `CreateApiKeyRequest` */
export interface CreateRequest {
  readonly name: string;
  readonly owner: OwnerMessage | null;
  readonly key_permissions: {
    readonly presets: readonly string[];
    readonly permissions: readonly string[];
  } | null;
  readonly hashed: boolean;
  readonly access_policy?: string;
}

/** `GetApiKeyRequest` and `DeleteApiKeyRequest` */
export interface KeyIdRequest {
  readonly key_id: string;
}

/** `UpdateApiKeyRequest` */
export interface UpdateRequest {
  readonly key_id: string;
  readonly new_name?: string;
  readonly is_active?: boolean;
  readonly presets?: { readonly presets: readonly string[] } | null;
  readonly permissions?: { readonly permissions: readonly string[] } | null;
  readonly access_policy?: string;
}

interface OwnerMessage {
  readonly owner?: 'user_id' | 'team_id' | 'organisation_id';
  readonly user_id?: string;
  readonly team_id?: number;
  readonly organisation_id?: string;
}

export function toCreateArguments(request: CreateRequest): CreateArguments {
  return {
    name: request.name,
    owner: toOwner(request.owner),
    presets: request.key_permissions?.presets ?? [],
    permissions: request.key_permissions?.permissions ?? [],
    hashed: request.hashed,
    accessPolicy: request.access_policy,
  };
}

export function toUpdateArguments(request: UpdateRequest): UpdateArguments {
  return {
    keyId: request.key_id,
    newName: request.new_name,
    isActive: request.is_active,
    presets: request.presets?.presets,
    permissions: request.permissions?.permissions,
    accessPolicy: request.access_policy,
  };
}

/** A `KeyInfo` for proto-loader. */
export function toKeyInfo(key: KeyView): object {
  const isTold = (field: UntoldField): boolean => !key.untold.includes(field);
  return {
    id: key.id,
    name: key.name,
    ...(key.owner !== undefined && isTold('owner') ? { owner: fromOwner(key.owner) } : {}),
    active: key.active,
    hashed: key.hashed,
    ...(isTold('key_permissions') ? { key_permissions: fromPermissions(key) } : {}),
    ...(key.value === undefined ? {} : { value: key.value }),
    ...(key.accessPolicy === undefined ? {} : { access_policy: key.accessPolicy }),
  };
}

/** A `KeyInfo.KeyPermissions`: presets are objects here, with what they allow. */
function fromPermissions({ presets, permissions }: KeyView): object {
  return {
    presets: presets.map((name) => ({ name, permissions: permissionsOfPreset(name) })),
    permissions,
  };
}

function fromOwner(owner: Owner): OwnerMessage {
  switch (owner.kind) {
    case 'user':
      return { user_id: owner.userId };
    case 'team':
      return { team_id: owner.teamId };
    case 'organisation':
      return { organisation_id: owner.organisationId };
  }
}

function toOwner(message: OwnerMessage | null): Owner | undefined {
  if (message?.team_id !== undefined) return { kind: 'team', teamId: message.team_id };
  if (message?.user_id !== undefined) return { kind: 'user', userId: message.user_id };
  if (message?.organisation_id !== undefined) {
    return { kind: 'organisation', organisationId: message.organisation_id };
  }
  return undefined;
}
