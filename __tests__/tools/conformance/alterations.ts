import grpc from '@grpc/grpc-js';
import type { Alteration, Call, Message, Result } from './altered-service.ts';

/** A behaviour that is not what is assumed. */
export interface Altered {
  /** What the altered service does. */
  readonly does: string;
  /** The assumption that it breaks, the only one. */
  readonly breaks: string;
  /** Makes it, with a memory of its own. */
  readonly make: () => Alteration;
}

const status = (code: grpc.status): Result => ({ code, details: 'altered' });

const ok: Result = { reply: {} };

/** What Get and List tell of a key, changed. */
const tellingKeys =
  (change: (key: Message, rpc: Call['rpc']) => Message): Alteration =>
  async ({ rpc, forward }) => {
    const result = await forward();
    if (!('reply' in result)) return result;
    const { key_info: key, keys } = result.reply as { key_info?: Message; keys?: Message[] };
    if (rpc === 'GetApiKey' && key !== undefined) return { reply: { key_info: change(key, rpc) } };
    if (keys === undefined) return result;
    return { reply: { keys: keys.map((each) => change(each, rpc)) } };
  };

/** What Create is asked for, changed. */
const creating =
  (change: (request: Message) => Message): Alteration =>
  ({ rpc, request, forward }) =>
    forward(rpc === 'CreateApiKey' ? change(request) : request);

/** Another status where the emulator says one. */
const insteadOf =
  (rpc: Call['rpc'], from: grpc.status, to: Result, isMeant: (call: Call) => boolean): Alteration =>
  async (call) => {
    const result = await call.forward();
    const isIt = call.rpc === rpc && 'code' in result && result.code === from;
    return isIt && isMeant(call) ? to : result;
  };

/** Ids of keys that were deleted, and a way to note them. */
const withDeleted =
  (answer: (call: Call, isDeleted: boolean) => Promise<Result>): (() => Alteration) =>
  () => {
    const deleted = new Set<unknown>();
    return async (call) => {
      const id = call.request['key_id'];
      const result = await answer(call, deleted.has(id));
      if (call.rpc === 'DeleteApiKey' && 'reply' in result) deleted.add(id);
      return result;
    };
  };

const value = `cxtp_${'A'.repeat(30)}`;

const told: readonly Altered[] = [
  {
    does: 'discloses values in Get',
    breaks: 'K22',
    make: () =>
      tellingKeys((key, rpc) =>
        rpc === 'GetApiKey' && key['hashed'] !== true ? { ...key, value } : key,
      ),
  },
  {
    does: 'discloses values in List',
    breaks: 'K23',
    make: () =>
      tellingKeys((key, rpc) =>
        rpc === 'GetSendDataApiKeys' && key['hashed'] !== true ? { ...key, value } : key,
      ),
  },
  {
    does: 'keeps the value of a hashed key from its maker',
    breaks: 'K21',
    make: () => async (call) => {
      const result = await call.forward();
      const isHashed = call.rpc === 'CreateApiKey' && call.request['hashed'] === true;
      if (!isHashed || !('reply' in result)) return result;
      return { reply: { ...result.reply, value: '' } };
    },
  },
  {
    does: 'wraps each entry of List in key_info, as the vendor’s document has it',
    breaks: 'K60',
    make: () => async (call) => {
      const result = await call.forward();
      if (call.rpc !== 'GetSendDataApiKeys' || !('reply' in result)) return result;
      const keys = (result.reply as { keys: Message[] }).keys;
      return { bytes: Buffer.concat(keys.map((key) => inField(1, inField(1, keyBytes(key))))) };
    },
  },
  {
    does: 'shows no permissions in List',
    breaks: 'K39',
    make: () =>
      tellingKeys((key, rpc) =>
        rpc === 'GetSendDataApiKeys' ? { ...key, key_permissions: null } : key,
      ),
  },
  {
    does: 'hides inactive keys in List',
    breaks: 'K62',
    make: () => async (call) => {
      const result = await call.forward();
      if (call.rpc !== 'GetSendDataApiKeys' || !('reply' in result)) return result;
      const keys = (result.reply as { keys: Message[] }).keys;
      return { reply: { keys: keys.filter((key) => key['active'] === true) } };
    },
  },
  {
    does: 'forgets a key in the fifth list that has it',
    breaks: 'K95',
    make: () => {
      const times = new Map<unknown, number>();
      return async (call) => {
        const result = await call.forward();
        if (call.rpc !== 'GetSendDataApiKeys' || !('reply' in result)) return result;
        const keys = (result.reply as { keys: Message[] }).keys;
        for (const { id } of keys) times.set(id, (times.get(id) ?? 0) + 1);
        return { reply: { keys: keys.filter(({ id }) => times.get(id) !== 5) } };
      };
    },
  },
];

const refused: readonly Altered[] = [
  {
    does: 'answers Get of a missing id with FAILED_PRECONDITION',
    breaks: 'K01',
    make: () =>
      insteadOf(
        'GetApiKey',
        grpc.status.NOT_FOUND,
        status(grpc.status.FAILED_PRECONDITION),
        () => true,
      ),
  },
  {
    does: 'answers Delete of a missing id with PERMISSION_DENIED',
    breaks: 'K03',
    make: () =>
      insteadOf(
        'DeleteApiKey',
        grpc.status.NOT_FOUND,
        status(grpc.status.PERMISSION_DENIED),
        () => true,
      ),
  },
  {
    does: 'takes an id that is no UUID for one that no key has',
    breaks: 'K04',
    make: () =>
      insteadOf(
        'GetApiKey',
        grpc.status.INVALID_ARGUMENT,
        status(grpc.status.NOT_FOUND),
        () => true,
      ),
  },
  {
    does: 'answers an unknown caller with PERMISSION_DENIED',
    breaks: 'K07',
    make: () =>
      insteadOf(
        'GetSendDataApiKeys',
        grpc.status.UNAUTHENTICATED,
        status(grpc.status.PERMISSION_DENIED),
        ({ token }) => token.startsWith('cxup_'),
      ),
  },
  {
    does: 'takes any text for an access policy in Create',
    breaks: 'K11',
    make: () =>
      creating((request) =>
        request['access_policy'] === '{' ? { ...request, access_policy: '{}' } : request,
      ),
  },
  {
    does: 'makes keys for any team, in the caller’s',
    breaks: 'K13',
    make: () => creating((request) => ({ ...request, owner: { team_id: 4001 } })),
  },
  {
    does: 'answers a second Delete of a key with OK',
    breaks: 'K68',
    make: withDeleted((call, isDeleted) =>
      isDeleted && call.rpc === 'DeleteApiKey' ? Promise.resolve(ok) : call.forward(),
    ),
  },
  {
    does: 'answers an Update of a deleted key with OK',
    breaks: 'K49',
    make: withDeleted((call, isDeleted) =>
      isDeleted && call.rpc === 'UpdateApiKey' ? Promise.resolve(ok) : call.forward(),
    ),
  },
];

const changed: readonly Altered[] = [
  {
    does: 'makes a hashed key a plain one when it is deactivated',
    breaks: 'K40',
    make: () => {
      const plain = new Set<unknown>();
      const tell = tellingKeys((key) => (plain.has(key['id']) ? { ...key, hashed: false } : key));
      return (call) => {
        if (call.rpc === 'UpdateApiKey' && call.request['is_active'] === false) {
          plain.add(call.request['key_id']);
        }
        return tell(call);
      };
    },
  },
  {
    does: 'leaves the policy when Update is given an empty one',
    breaks: 'K47',
    make: () => (call) => {
      const { access_policy: policy, ...rest } = call.request;
      return call.forward(call.rpc === 'UpdateApiKey' && policy === '' ? rest : call.request);
    },
  },
  {
    does: 'adds presets in Update, and takes none away',
    breaks: 'K44',
    make: () => (call) => {
      const { presets } = call.request as { presets?: { presets: string[] } | null };
      if (call.rpc !== 'UpdateApiKey' || !presets) return call.forward();
      const all = { presets: [...presets.presets, 'SendData', 'Old'] };
      return call.forward({ ...call.request, presets: all });
    },
  },
];

const named: readonly Altered[] = [
  {
    does: 'makes no second key of a name',
    breaks: 'K50',
    make: () => {
      const names = new Set<unknown>();
      return async (call) => {
        const isNew = call.rpc === 'CreateApiKey' && !names.has(call.request['name']);
        if (call.rpc === 'CreateApiKey' && !isNew) return status(grpc.status.ALREADY_EXISTS);
        const result = await call.forward();
        if (isNew && 'reply' in result) names.add(call.request['name']);
        return result;
      };
    },
  },
  {
    does: 'answers a second Create of a name with the first key',
    breaks: 'K51',
    make: () => {
      const replies = new Map<unknown, Result>();
      return async (call) => {
        if (call.rpc !== 'CreateApiKey') return call.forward();
        const known = replies.get(call.request['name']);
        const result = known ?? (await call.forward());
        if ('reply' in result) replies.set(call.request['name'], result);
        return result;
      };
    },
  },
  {
    does: 'trims names',
    breaks: 'K54',
    make: () => creating((request) => ({ ...request, name: String(request['name']).trim() })),
  },
  {
    does: 'cuts names off after 255 characters',
    breaks: 'K52',
    make: () =>
      creating((request) => ({ ...request, name: String(request['name']).slice(0, 255) })),
  },
  {
    does: 'puts question marks in the place of what is not ASCII',
    breaks: 'K53',
    make: () =>
      creating((request) => ({
        ...request,
        name: String(request['name']).replaceAll(/[^\x20-\x7e]/gu, '?'),
      })),
  },
];

/** Each of them breaks one assumption. */
export const alterations: readonly Altered[] = [...told, ...refused, ...changed, ...named];

/** A `KeyInfo` with no more than its name and id: enough to be taken for something else. */
const keyBytes = (key: Message): Buffer =>
  Buffer.concat([
    inField(1, Buffer.from(String(key['name']))),
    inField(7, Buffer.from(String(key['id']))),
  ]);

/** Bytes as a length-delimited field of a message. */
function inField(number: number, bytes: Buffer): Buffer {
  const length: number[] = [];
  for (let left = bytes.length; ; left >>= 7) {
    if (left < 0x80) {
      length.push(left);
      break;
    }
    length.push((left & 0x7f) | 0x80);
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
}
