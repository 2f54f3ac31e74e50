import type { Key, KeyChange, NewKey, Owner, Preset } from '../core/ports.ts';
import { Secret } from '../core/secret.ts';
import { sendDataPreset } from '../core/send-data.ts';
import { isKeyId } from '../core/key-id.ts';

/**
 * Between the domain's types and the messages on the wire, by hand. The codec coerces without a
 * word (`'false'` becomes true, `-1` becomes 4294967295, a misspelt field is dropped), so nothing
 * reaches it but what these functions make.
 */

/** A reply that the contract rules out. The text holds nothing that the service sent. */
export class ReplyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ReplyError';
  }
}

/** The wire's CreateApiKeyRequest for a new Send-Your-Data key. */
export function toCreateRequest(key: NewKey): object {
  const { presets, permissions } = key.keyPermissions ?? {
    presets: [sendDataPreset],
    permissions: [],
  };
  return {
    name: key.name,
    owner: { team_id: key.teamId },
    key_permissions: { presets, permissions },
    hashed: key.hashed,
    ...(key.accessPolicy === undefined ? {} : { access_policy: key.accessPolicy }),
  };
}

/** The wire's UpdateApiKeyRequest: absent is left alone. */
export function toUpdateRequest(id: string, change: KeyChange): object {
  return {
    key_id: id,
    ...(change.newName === undefined ? {} : { new_name: change.newName }),
    ...(change.active === undefined ? {} : { is_active: change.active }),
    ...(change.accessPolicy === undefined ? {} : { access_policy: change.accessPolicy }),
  };
}

/** The wire's GetApiKeyRequest and DeleteApiKeyRequest. */
export function toIdRequest(id: string): object {
  return { key_id: id };
}

/** What CreateApiKeyResponse holds. The value is undefined when the service sent none. */
export function fromCreateReply(reply: unknown): {
  readonly id: string;
  readonly name: string;
  readonly value: Secret | undefined;
} {
  const message = object(reply, 'CreateApiKeyResponse');
  return {
    id: keyId(message['key_id'], 'CreateApiKeyResponse.key_id'),
    name: text(message['name']),
    value: secret(message['value']),
  };
}

/** What GetApiKeyResponse holds. */
export function fromGetReply(reply: unknown): Key {
  return fromKeyInfo(object(reply, 'GetApiKeyResponse')['key_info']);
}

/** What GetSendDataApiKeysResponse holds. */
export function fromListReply(reply: unknown): readonly Key[] {
  return list(object(reply, 'GetSendDataApiKeysResponse')['keys']).map(fromKeyInfo);
}

/**
 * Every value in a reply, whatever else is wrong with it: these are masked before the reply is read.
 *
 * @param reply any of the five replies, as decoded
 */
export function valuesIn(reply: unknown): readonly string[] {
  if (typeof reply !== 'object' || reply === null) return [];
  const message = reply as Readonly<Record<string, unknown>>;
  return [message, message['key_info'], ...list(message['keys'])].flatMap((holder) => {
    const value =
      typeof holder === 'object' && holder !== null && 'value' in holder ? holder.value : undefined;
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
}

function fromKeyInfo(info: unknown): Key {
  const message = object(info, 'KeyInfo');
  return {
    // The vendor's prose shows entries nested in `key_info`; such a reply would decode with no id.
    id: keyId(message['id'], 'KeyInfo.id'),
    name: text(message['name']),
    active: message['active'] === true,
    hashed: message['hashed'] === true,
    owner: fromOwner(message['owner']),
    ...fromPermissions(message['key_permissions']),
    accessPolicy: optionalText(message['access_policy']),
    value: secret(message['value']),
  };
}

type Permissions = Pick<Key, 'presets' | 'permissions'>;

/** The codec lets keys with the same permissions share them; so do the keys that are made of those. */
const known = new WeakMap<object, Permissions>();

function fromPermissions(permissions: unknown): Permissions {
  if (permissions === null || permissions === undefined) return { presets: [], permissions: [] };
  const message = object(permissions, 'KeyPermissions');
  const read = known.get(message) ?? {
    presets: list(message['presets']).map(fromPreset),
    permissions: list(message['permissions']).map(text),
  };
  known.set(message, read);
  return read;
}

function fromOwner(owner: unknown): Owner | undefined {
  if (typeof owner !== 'object' || owner === null) return undefined;
  const message = owner as Readonly<Record<string, unknown>>;
  switch (message['owner']) {
    case 'user_id':
      return { kind: 'user', userId: text(message['user_id']) };
    case 'team_id':
      return { kind: 'team', teamId: Number(message['team_id']) };
    case 'organisation_id':
      return { kind: 'organisation', organisationId: text(message['organisation_id']) };
    default:
      return undefined;
  }
}

function fromPreset(preset: unknown): Preset {
  const message = object(preset, 'PresetInfo');
  return { name: text(message['name']), permissions: list(message['permissions']).map(text) };
}

function object(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new ReplyError(`It holds no ${what}.`);
  return value as Readonly<Record<string, unknown>>;
}

function keyId(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') throw new ReplyError(`Its ${what} is empty.`);
  if (!isKeyId(value)) throw new ReplyError(`Its ${what} is not an id.`);
  return value;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function secret(value: unknown): Secret | undefined {
  return typeof value === 'string' && value !== '' ? new Secret(value) : undefined;
}
