import type { Account, KeyShape } from '../account.ts';
import { group, type Probe, type Sight } from '../probe.ts';
import { Undetermined } from '../undetermined.ts';
import { comparedWithUnknown, need, requireRisk, unknownIdStatus } from './seen.ts';
import { proto, terraformProvider, vendorDocument } from './sources.ts';

/** Whether List shows a key of that shape. */
async function shapeListed(account: Account, shape: KeyShape = {}): Promise<Sight> {
  const { id } = await account.create(shape);
  return { seen: (await account.entry(id)) === undefined ? 'hidden' : 'shown' };
}

const shown: readonly Probe[] = [
  {
    id: 'K60',
    assumption: 'Each entry of List is a key itself, and not one wrapped in key_info.',
    mark: 'documented',
    source: `${proto} (${vendorDocument} shows them wrapped)`,
    expected: ['flat'],
    restsOn: 'every operation that finds keys by name',
    ifWrong: { isSafe: true, then: 'fails: an entry without an id is refused' },
    ask: async (account) => {
      await account.create();
      let seen = 'empty';
      await account.waitUntil(async () => {
        const { reply } = await account.ask('GetSendDataApiKeys', {});
        const keys = need(reply, 'List cannot be called').keys;
        if (keys.length > 0) seen = keys.every(({ id }) => id !== '') ? 'flat' : 'without ids';
        return keys.length > 0;
      });
      return { seen };
    },
  },
  {
    id: 'K61',
    assumption: 'List shows an active Send-Your-Data key of the team.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['shown'],
    restsOn: 'every operation that finds keys by name',
    ifWrong: { isSafe: false, then: 'each `ensure` makes another key' },
    ask: (account) => shapeListed(account),
  },
  {
    id: 'K62',
    assumption: 'List shows an inactive key, too.',
    mark: 'documented',
    source: `${vendorDocument} (its example is inactive)`,
    expected: ['shown'],
    restsOn: '`activate` and `delete` by name; `prune` deletes what it deactivated before',
    ifWrong: { isSafe: true, then: 'such keys are not found by name' },
    ask: async (account) => {
      const { id } = await account.create();
      await account.update(id, { is_active: false });
      const isInactive = await account.get(id, ({ active }) => !active);
      if (isInactive.active) return { seen: 'still active' };
      const key = await account.entry(id, ({ active }) => !active);
      if (key === undefined) return { seen: 'hidden' };
      return { seen: key.active ? 'shown as active' : 'shown' };
    },
  },
  {
    id: 'K63',
    assumption: 'List shows a key that has another preset beside SendData.',
    mark: 'inferred',
    source: `${terraformProvider} (keys with several presets)`,
    expected: ['shown', 'hidden'],
    restsOn: 'the rule that such a key is none of ours: it is left alone either way',
    ifWrong: { isSafe: true, then: 'nothing changes' },
    ask: (account) => shapeListed(account, { presets: ['SendData', 'Alerts'] }),
  },
  {
    id: 'K64',
    assumption: 'List does not show a key that may not send data.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['hidden'],
    restsOn: '`list` shows Send-Your-Data keys only',
    ifWrong: { isSafe: true, then: '`list` shows more; by name it is left alone all the same' },
    ask: (account) => {
      // A key that the list does not show would not be found by a later run.
      requireRisk(account);
      return shapeListed(account, { presets: ['Alerts'] });
    },
  },
  {
    id: 'K65',
    assumption: 'List shows several keys of one name, each of them.',
    mark: 'inferred',
    source: `${proto}: a list, and no pages`,
    expected: ['3 of 3'],
    restsOn: '`ensure` chooses among duplicates; `rotate` retires all of them',
    ifWrong: { isSafe: false, then: 'a rotation leaves a key of the name active' },
    ask: async (account) => {
      const name = account.freshName();
      const ids = new Set<string>();
      for (let made = 0; made < 3; made++) ids.add((await account.create({ name })).id);
      if (ids.size < 3) throw new Undetermined('three Creates do not make three keys');
      let count = 0;
      await account.waitUntil(async () => {
        count = (await account.list()).filter(({ id }) => ids.has(id)).length;
        return count === 3;
      });
      return { seen: `${count} of 3` };
    },
  },
];

const gone: readonly Probe[] = [
  {
    id: 'K66',
    assumption: 'List does not show a deleted key.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['hidden'],
    restsOn: 'a name whose key was deleted is free',
    ifWrong: { isSafe: false, then: '`ensure` hands out a key that is gone' },
    ask: async (account) => {
      const { id } = await account.create();
      await account.entry(id);
      await account.delete(id);
      const { isMet } = await account.waitUntil(
        async () => !(await account.list()).some((key) => key.id === id),
      );
      return { seen: isMet ? 'hidden' : 'shown' };
    },
  },
  {
    id: 'K67',
    assumption: 'Get of a deleted key is answered as that of an unknown id.',
    mark: 'documented',
    source: terraformProvider,
    expected: ['as an unknown id'],
    restsOn: '`get` says that there is no such key',
    ifWrong: { isSafe: true, then: 'fails with another kind of error' },
    ask: async (account) => {
      const { id } = await account.create();
      await account.get(id);
      await account.delete(id);
      let status = '';
      await account.waitUntil(async () => {
        ({ status } = await account.ask('GetApiKey', { key_id: id }));
        return status !== 'OK';
      });
      return comparedWithUnknown(status, await unknownIdStatus(account, 'GetApiKey'));
    },
  },
  {
    id: 'K68',
    assumption: 'Delete of a deleted key is answered as that of an unknown id.',
    mark: 'documented',
    source: terraformProvider,
    expected: ['as an unknown id'],
    restsOn: '`delete` of a key that is gone succeeds with `changed: false`',
    ifWrong: { isSafe: true, then: '`changed` is wrong' },
    ask: async (account) => {
      const { id } = await account.create();
      await account.get(id);
      await account.delete(id);
      const { status } = await account.ask('DeleteApiKey', { key_id: id });
      return comparedWithUnknown(status, await unknownIdStatus(account, 'DeleteApiKey'));
    },
  },
];

const otherTeam = (account: Account): string =>
  need(account.target.otherTeamToken, 'CORALOGIX_OTHER_TEAM_API_KEY is not given');

const isolation: readonly Probe[] = [
  {
    id: 'K70',
    assumption: 'Get with another team’s key is refused, or answered as that of an unknown id.',
    mark: 'inferred',
    source: vendorDocument,
    expected: ['as an unknown id', 'PERMISSION_DENIED', 'UNAUTHENTICATED'],
    restsOn: 'a team’s keys are its own',
    ifWrong: { isSafe: true, then: 'others can read them, which the action cannot help' },
    ask: async (account) => {
      const token = otherTeam(account);
      const { id } = await account.create();
      await account.get(id);
      const { status } = await account.ask('GetApiKey', { key_id: id }, token);
      return comparedWithUnknown(status, await unknownIdStatus(account, 'GetApiKey'));
    },
  },
  {
    id: 'K71',
    assumption: 'List with another team’s key does not show the key.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['hidden'],
    restsOn: 'a name is a team’s own',
    ifWrong: { isSafe: true, then: 'keys of another team than `team_id` are left alone' },
    ask: async (account) => {
      const token = otherTeam(account);
      const { id } = await account.create();
      need(await account.entry(id), 'List does not show the key to its own team');
      const isShown = (await account.list(token)).some((key) => key.id === id);
      return { seen: isShown ? 'shown' : 'hidden' };
    },
  },
];

/** Which keys List shows. */
export const listing = group('List', shown);

/** What is left of a key that is deleted. */
export const deletion = group('A deleted key', gone);

/** What another team sees. */
export const teams = group('Another team', isolation);
