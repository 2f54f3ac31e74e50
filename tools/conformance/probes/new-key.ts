import type { Account } from '../account.ts';
import type { KeyInfo } from '../messages.ts';
import { group, type Probe } from '../probe.ts';
import { grantingPolicy } from './policies.ts';
import { need, presetsOf } from './seen.ts';
import { proto, terraformProvider, vendorDocument } from './sources.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/** Source: https://coralogix.com/docs/developer-portal/apis/data-management/send-your-data-management-api/ */
const sendDataPermissions = [
  'cloud-metadata-ingress:SendData',
  'contextual-data:SendData',
  'logs.data-ingress:SendData',
  'metrics.data-ingress:SendData',
  'spans.data-ingress:SendData',
].join(' ');

const ownerOf = ({ owner }: KeyInfo): string =>
  JSON.stringify([owner?.team_id, owner?.user_id, owner?.organisation_id]);

const grantedTo = (key: KeyInfo): string =>
  JSON.stringify([presetsOf(key), [...(key.key_permissions?.permissions ?? [])].sort()]);

/** Whether List tells the same of a key as Get does. */
async function asGetTells(account: Account, tell: (key: KeyInfo) => string): Promise<string> {
  const { id } = await account.create();
  const told = await account.get(id);
  const listed = need(await account.entry(id), 'List does not show the key');
  return tell(listed) === tell(told) ? 'as Get tells it' : 'otherwise';
}

const told: readonly Probe[] = [
  {
    id: 'K30',
    assumption: 'The id of a new key is a UUID.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['a UUID'],
    restsOn: 'the check of `key_id`',
    ifWrong: { isSafe: true, then: 'its keys cannot be given by `key_id`' },
    ask: async (account) => {
      const { id } = await account.create();
      return { seen: uuid.test(id) ? 'a UUID' : 'another text' };
    },
  },
  {
    id: 'K31',
    assumption: 'A new key is active.',
    mark: 'inferred',
    source: `${proto}: Create has no field for it`,
    expected: ['active'],
    restsOn: '`create`, `ensure` and `rotate`: nobody activates the key',
    ifWrong: { isSafe: false, then: 'a key that does not work is handed out; `verify` finds it' },
    ask: async (account) => {
      const { active } = await account.get((await account.create()).id);
      return { seen: active ? 'active' : 'inactive' };
    },
  },
  {
    id: 'K32',
    assumption: 'Create’s reply and Get tell the name as it was given.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['as given'],
    restsOn: 'every operation that finds a key by its name',
    ifWrong: { isSafe: false, then: 'each `ensure` makes another key' },
    ask: async (account) => {
      const name = account.freshName();
      const { reply } = await account.tryCreate({ name });
      const { key_id: id, name: said } = need(reply, 'the key for it could not be made');
      const { name: read } = await account.get(id);
      return { seen: said === name && read === name ? 'as given' : 'otherwise' };
    },
  },
  {
    id: 'K33',
    assumption: 'Get tells whether a key is hashed as it was given.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['hashed, not hashed'],
    restsOn: '`rotate` makes the new key as the old one was',
    ifWrong: { isSafe: true, then: 'a rotation could change it' },
    ask: async (account) => {
      const words: string[] = [];
      for (const hashed of [true, false]) {
        const key = await account.get((await account.create({ hashed })).id);
        words.push(key.hashed ? 'hashed' : 'not hashed');
      }
      return { seen: words.join(', ') };
    },
  },
  {
    id: 'K34',
    assumption: 'Get tells the team as the owner.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['the team'],
    restsOn: 'whose key it is: others’ are left alone',
    ifWrong: {
      isSafe: true,
      then: 'not told counts as ours; another owner, and `ensure` makes a key each time',
    },
    ask: async (account) => {
      const key = await account.get((await account.create()).id);
      if (key.owner?.team_id === account.target.teamId) return { seen: 'the team' };
      return { seen: ownerOf(key) === '[null,null,null]' ? 'nobody' : 'another owner' };
    },
  },
  {
    id: 'K35',
    assumption: 'Get tells the preset SendData with its five permissions, and nothing else.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['SendData, its five permissions'],
    restsOn: 'what a key may do: others than Send-Your-Data keys are left alone',
    ifWrong: {
      isSafe: true,
      then: 'with other permissions beside it, the own keys are left alone, too',
    },
    ask: async (account) => {
      const key = await account.get((await account.create()).id);
      const preset = key.key_permissions?.presets.find(({ name }) => name === 'SendData');
      const isFive = [...(preset?.permissions ?? [])].sort().join(' ') === sendDataPermissions;
      const isAlone = grantedTo(key) === JSON.stringify([['SendData'], []]);
      if (!isAlone) return { seen: 'otherwise' };
      return { seen: `SendData, ${isFive ? 'its five permissions' : 'other permissions'}` };
    },
  },
];

const kept: readonly Probe[] = [
  {
    id: 'K36',
    assumption: 'A permission given beside the preset is told as it was given.',
    mark: 'documented',
    source: terraformProvider,
    expected: ['told'],
    restsOn: '`rotate` gives the new key the permissions of the old one',
    ifWrong: { isSafe: true, then: 'a rotation could lose it' },
    ask: async (account) => {
      const permission = 'logs.data-ingress:SendData';
      const { id } = await account.create({ permissions: [permission] });
      const { key_permissions: granted } = await account.get(id);
      return { seen: granted?.permissions.includes(permission) === true ? 'told' : 'not told' };
    },
  },
  {
    id: 'K37',
    assumption: 'An access policy given to Create is told as it was given, or as the same JSON.',
    mark: 'inferred',
    source: `${terraformProvider} (it compares them)`,
    expected: ['as given', 'the same JSON'],
    restsOn: '`rotate` gives the new key the policy of the old one',
    ifWrong: { isSafe: true, then: 'a rotation could change it' },
    ask: async (account) => {
      const { id } = await account.create({ access_policy: grantingPolicy });
      const { access_policy: policy = '' } = await account.get(id);
      if (policy === grantingPolicy) return { seen: 'as given' };
      return { seen: isSameJson(policy, grantingPolicy) ? 'the same JSON' : 'otherwise' };
    },
  },
  {
    id: 'K38',
    assumption: 'List tells the owner as Get does.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['as Get tells it'],
    restsOn: 'whose key it is, asked of the list',
    ifWrong: { isSafe: true, then: 'not told counts as ours' },
    ask: async (account) => ({ seen: await asGetTells(account, ownerOf) }),
  },
  {
    id: 'K39',
    assumption: 'List tells presets and permissions as Get does.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['as Get tells it'],
    restsOn: 'what a key may do, asked of the list',
    ifWrong: {
      isSafe: true,
      then: 'where the list tells none, the keys of the name are read one by one',
    },
    ask: async (account) => ({ seen: await asGetTells(account, grantedTo) }),
  },
];

function isSameJson(one: string, other: string): boolean {
  try {
    return canonical(JSON.parse(one)) === canonical(JSON.parse(other));
  } catch {
    return false;
  }
}

/** JSON text in which the order of fields is always the same. */
const canonical = (json: unknown): string =>
  JSON.stringify(json, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

/** What reads tell of a key that was just made. */
export const newKey = group('A new key', [...told, ...kept]);
