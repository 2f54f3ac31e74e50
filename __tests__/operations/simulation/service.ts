import type { Rpc } from '../../../src/coralogix/transport.ts';
import {
  toCreateArguments,
  toKeyInfo,
  toUpdateArguments,
  type CreateRequest,
  type KeyIdRequest,
  type UpdateRequest,
} from '../../../tools/emulator/messages.ts';
import type { KeyView } from '../../../tools/emulator/key.ts';
import type { Store } from '../../../tools/emulator/store.ts';

/** What the only caller of the simulation sends as its key. */
export const token = 'simulated';

/** The team that owns all keys. */
export const teamId = 1;

/** A `KeyInfo` as the codec gives it: it also names the field that a oneof has. */
function toDecoded(key: KeyView): object {
  const message: { readonly owner?: object } = toKeyInfo(key);
  const [field] = Object.keys(message.owner ?? {});
  return field === undefined ? message : { ...message, owner: { ...message.owner, owner: field } };
}

/**
 * Does one call on the store, with the messages that the wire would carry.
 *
 * @returns the reply
 * @throws the store's `StatusError`
 */
export function serve(store: Store, rpc: Rpc, request: object): object {
  switch (rpc) {
    case 'CreateApiKey': {
      const made = store.create(token, toCreateArguments(request as CreateRequest));
      return { key_id: made.keyId, name: made.name, value: made.value };
    }
    case 'GetApiKey':
      return { key_info: toDecoded(store.get(token, (request as KeyIdRequest).key_id)) };
    case 'GetSendDataApiKeys':
      return { keys: store.list(token).map(toDecoded) };
    case 'UpdateApiKey':
      store.update(token, toUpdateArguments(request as UpdateRequest));
      return {};
    case 'DeleteApiKey':
      store.delete(token, (request as KeyIdRequest).key_id);
      return {};
  }
}
