import type { Account, KeyShape } from '../account.ts';
import type { Requests } from '../messages.ts';
import { group, type Probe, type Sight } from '../probe.ts';
import { grantingPolicy } from './policies.ts';
import {
  comparedWithUnknown,
  differences,
  fieldsOf,
  presetsOf,
  statusSeen,
  unknownIdStatus,
} from './seen.ts';
import { proto, terraformProvider, vendorDocument } from './sources.ts';

type Change = Omit<Requests['UpdateApiKey'], 'key_id'>;

/** One with something in each field, so that a field that is lost is seen. */
const fullShape: KeyShape = {
  hashed: true,
  permissions: ['logs.data-ingress:SendData'],
  access_policy: grantingPolicy,
};

/**
 * Which fields of a key a change changes.
 *
 * @param before what is changed first, and not asked about
 */
async function changedBy(account: Account, change: Change, before?: Change): Promise<Sight> {
  const { id } = await account.create(fullShape);
  let first = await account.get(id);
  if (before !== undefined) {
    await account.update(id, before);
    const start = first;
    first = await account.get(id, (key) => differences(start, key) !== 'nothing');
  }
  const answer = await account.ask('UpdateApiKey', { key_id: id, ...change });
  if (answer.reply === undefined) return statusSeen(answer);
  const isNothing = Object.keys(change).length === 0;
  const after = await account.get(id, (key) => isNothing || differences(first, key) !== 'nothing');
  return { seen: differences(first, after) };
}

const flags: readonly Probe[] = [
  {
    id: 'K40',
    assumption: 'Update with is_active: false changes is_active, and nothing else.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['is_active'],
    restsOn: '`deactivate`, and retiring a key',
    ifWrong: { isSafe: false, then: 'a key that was to be retired lives on, or loses a field' },
    ask: (account) => changedBy(account, { is_active: false }),
  },
  {
    id: 'K41',
    assumption:
      'Update with is_active: true makes an inactive key active again, and changes nothing else.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['is_active'],
    restsOn: '`activate`; that `deactivate` can be undone',
    ifWrong: { isSafe: false, then: '`deactivate` cannot be undone' },
    ask: (account) => changedBy(account, { is_active: true }, { is_active: false }),
  },
  {
    id: 'K42',
    assumption: 'Update with new_name changes the name, and nothing else.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['name'],
    restsOn: '`ensure` and `rotate`: a key is made under a provisional name',
    ifWrong: { isSafe: false, then: 'no key ever gets its name, or one loses a field with it' },
    ask: (account) => changedBy(account, { new_name: account.freshName() }),
  },
  {
    id: 'K43',
    assumption: 'Update renames an inactive key, too.',
    mark: 'inferred',
    source: vendorDocument,
    expected: ['name'],
    restsOn: '`update` by `key_id`',
    ifWrong: { isSafe: true, then: 'fails' },
    ask: (account) => changedBy(account, { new_name: account.freshName() }, { is_active: false }),
  },
];

const grants: readonly Probe[] = [
  {
    id: 'K44',
    assumption: 'Update with presets replaces the presets, and nothing else.',
    mark: 'documented',
    source: `${proto}, ${terraformProvider}`,
    expected: ['replaced'],
    restsOn: 'nothing: the action never changes them',
    ifWrong: { isSafe: true, then: 'nothing changes' },
    ask: async (account) => {
      const { id } = await account.create(fullShape);
      const before = await account.get(id);
      const change = { presets: { presets: ['Alerts', 'SendData'] } };
      const answer = await account.ask('UpdateApiKey', { key_id: id, ...change });
      if (answer.reply === undefined) return statusSeen(answer);
      const after = await account.get(id, (key) => presetsOf(key).length > 1);
      const isReplaced = presetsOf(after).join() === 'Alerts,SendData';
      return replaced(differences(before, after), 'presets', isReplaced);
    },
  },
  {
    id: 'K45',
    assumption: 'Update with permissions replaces the permissions, and nothing else.',
    mark: 'documented',
    source: `${proto}, ${terraformProvider}`,
    expected: ['replaced'],
    restsOn: 'nothing: the action never changes them',
    ifWrong: { isSafe: true, then: 'nothing changes' },
    ask: async (account) => {
      const { id } = await account.create(fullShape);
      const before = await account.get(id);
      const permissions = ['spans.data-ingress:SendData'];
      const answer = await account.ask('UpdateApiKey', {
        key_id: id,
        permissions: { permissions },
      });
      if (answer.reply === undefined) return statusSeen(answer);
      const isReplaced = (key: typeof before): boolean =>
        fieldsOf(key)['permissions'] === permissions.join(' ');
      const after = await account.get(id, isReplaced);
      return replaced(differences(before, after), 'permissions', isReplaced(after));
    },
  },
  {
    id: 'K46',
    assumption: 'Update with an access policy sets it, and changes nothing else.',
    mark: 'documented',
    source: `${proto}, ${terraformProvider}`,
    expected: ['access_policy'],
    restsOn: '`access_policy` of `update`, `ensure` and `rotate`: it is set last, with the name',
    ifWrong: { isSafe: false, then: 'a policy is not there, or a field is lost with it' },
    ask: async (account) => {
      const { id } = await account.create({ hashed: true });
      const before = await account.get(id);
      const change = { access_policy: grantingPolicy };
      const answer = await account.ask('UpdateApiKey', { key_id: id, ...change });
      if (answer.reply === undefined) return statusSeen(answer);
      const after = await account.get(id, (key) => (key.access_policy ?? '') !== '');
      return { seen: differences(before, after) };
    },
  },
  {
    id: 'K47',
    assumption: 'Update with an empty access policy removes it, and changes nothing else.',
    mark: 'documented',
    source: proto,
    expected: ['removed'],
    restsOn: 'an empty `access_policy` of `update`',
    ifWrong: { isSafe: false, then: 'the policy stays, while the step says that it is gone' },
    ask: async (account) => {
      const { id } = await account.create(fullShape);
      const before = await account.get(id);
      const answer = await account.ask('UpdateApiKey', { key_id: id, access_policy: '' });
      if (answer.reply === undefined) return statusSeen(answer);
      const after = await account.get(id, (key) => (key.access_policy ?? '') === '');
      const changed = differences(before, after);
      if (changed === 'nothing') return { seen: 'not removed' };
      return { seen: changed === 'access_policy' ? 'removed' : changed };
    },
  },
];

const edges: readonly Probe[] = [
  {
    id: 'K48',
    assumption: 'Update that names no field is OK, and changes nothing.',
    mark: 'inferred',
    source: vendorDocument,
    expected: ['nothing'],
    restsOn: 'nothing: the action refuses an `update` without a change',
    ifWrong: { isSafe: true, then: 'nothing changes' },
    ask: (account) => changedBy(account, {}),
  },
  {
    id: 'K49',
    assumption: 'Update of a deleted key is answered as that of an unknown id.',
    mark: 'documented',
    source: terraformProvider,
    expected: ['as an unknown id'],
    restsOn: '`deactivate` of a key that is gone succeeds; a key that is gone stays so',
    ifWrong: { isSafe: true, then: 'fails where it could succeed' },
    ask: async (account) => {
      const { id } = await account.create();
      await account.get(id);
      await account.delete(id);
      const { status } = await account.ask('UpdateApiKey', { key_id: id, is_active: false });
      return comparedWithUnknown(status, await unknownIdStatus(account, 'UpdateApiKey'));
    },
  },
];

function replaced(changed: string, field: string, isReplaced: boolean): Sight {
  if (changed === field) return { seen: isReplaced ? 'replaced' : 'changed otherwise' };
  return { seen: changed };
}

/** Which fields an Update changes and which it leaves alone. */
export const updates = group('Update', [...flags, ...grants, ...edges]);
