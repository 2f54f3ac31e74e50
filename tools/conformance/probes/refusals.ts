import { randomUUID } from 'node:crypto';
import type { Account } from '../account.ts';
import type { Requests } from '../messages.ts';
import { group, type Probe, type Sight } from '../probe.ts';
import { need, requireRisk, statusSeen } from './seen.ts';
import { proto, statusCodes, terraformProvider, vendorDocument } from './sources.ts';

type IdRpc = 'GetApiKey' | 'UpdateApiKey' | 'DeleteApiKey';

const verbs = { GetApiKey: 'Get', UpdateApiKey: 'Update', DeleteApiKey: 'Delete' } as const;

/** What rests on a status of an id, and what if it is another. */
interface IdRow {
  readonly id: string;
  readonly rpc: IdRpc;
  readonly restsOn: string;
  readonly ifWrong: Probe['ifWrong'];
}

const unknownIds: readonly IdRow[] = [
  {
    id: 'K01',
    rpc: 'GetApiKey',
    restsOn: '`get` says that there is no such key; waiting for a new key to be seen',
    ifWrong: { isSafe: true, then: 'fails with another kind of error, and waits for no lag' },
  },
  {
    id: 'K02',
    rpc: 'UpdateApiKey',
    restsOn:
      '`deactivate` of a key that is gone succeeds; a rename is tried again while a new key is not known',
    ifWrong: { isSafe: true, then: 'fails where it could succeed; a new key is deleted again' },
  },
  {
    id: 'K03',
    rpc: 'DeleteApiKey',
    restsOn: '`delete` of a key that is gone succeeds',
    ifWrong: { isSafe: true, then: 'fails where it could succeed' },
  },
];

const oddIds: readonly IdRow[] = [
  { id: 'K04', rpc: 'GetApiKey' },
  { id: 'K05', rpc: 'UpdateApiKey' },
  { id: 'K06', rpc: 'DeleteApiKey' },
].map((row) => ({
  ...(row as Pick<IdRow, 'id' | 'rpc'>),
  restsOn: 'nothing: the action refuses such an id before it calls',
  ifWrong: { isSafe: true, then: 'nothing changes' },
}));

function unknownId({ id, rpc, restsOn, ifWrong }: IdRow): Probe {
  return {
    id,
    assumption: `${verbs[rpc]} of an id that no key has is NOT_FOUND.`,
    mark: 'documented',
    source: terraformProvider,
    expected: ['NOT_FOUND'],
    restsOn,
    ifWrong,
    ask: async (account) => statusSeen(await account.ask(rpc, { key_id: randomUUID() })),
  };
}

function oddId({ id, rpc, restsOn, ifWrong }: IdRow): Probe {
  return {
    id,
    assumption: `${verbs[rpc]} of an id that is no UUID is INVALID_ARGUMENT.`,
    mark: 'inferred',
    source: `${vendorDocument} (all ids are UUIDs; the REST API says 400)`,
    expected: ['INVALID_ARGUMENT'],
    restsOn,
    ifWrong,
    ask: async (account) => statusSeen(await account.ask(rpc, { key_id: 'no-uuid' })),
  };
}

/** List with somebody else's key: it changes nothing, whatever is answered. */
const listAs = async (account: Account, token: string): Promise<Sight> =>
  statusSeen(await account.ask('GetSendDataApiKeys', {}, token));

const callers: readonly Probe[] = [
  {
    id: 'K07',
    assumption: 'A caller’s key that does not exist is UNAUTHENTICATED.',
    mark: 'inferred',
    source: statusCodes,
    expected: ['UNAUTHENTICATED'],
    restsOn: 'the hint for a wrong `api_key`; it is not tried again',
    ifWrong: { isSafe: true, then: 'fails all the same, with another hint' },
    ask: (account) => listAs(account, `cxup_${'x'.repeat(30)}`),
  },
  {
    id: 'K08',
    assumption: 'A call without a caller’s key is UNAUTHENTICATED.',
    mark: 'inferred',
    source: statusCodes,
    expected: ['UNAUTHENTICATED'],
    restsOn: 'nothing: the action never calls without one',
    ifWrong: { isSafe: true, then: 'nothing changes' },
    ask: (account) => listAs(account, ''),
  },
  {
    id: 'K09',
    assumption: 'A caller’s key without the preset ApiKeys is PERMISSION_DENIED.',
    mark: 'inferred',
    source: `${vendorDocument} (the preset is required)`,
    expected: ['PERMISSION_DENIED'],
    restsOn: 'the hint that names the preset',
    ifWrong: { isSafe: true, then: 'fails all the same, with another hint' },
    ask: (account) =>
      listAs(
        account,
        need(account.target.powerlessToken, 'CORALOGIX_POWERLESS_API_KEY is not given'),
      ),
  },
  {
    id: 'K10',
    assumption: 'A Send-Your-Data key as the caller’s key is refused.',
    mark: 'inferred',
    source: `${vendorDocument} (the preset ApiKeys is required)`,
    expected: ['UNAUTHENTICATED', 'PERMISSION_DENIED'],
    restsOn: 'the hint for an `api_key` that begins with `cxtp_`',
    ifWrong: { isSafe: true, then: 'the step works' },
    ask: async (account) => {
      const { value } = await account.create();
      return listAs(account, need(value, 'Create discloses no value').reveal());
    },
  },
];

const contents: readonly Probe[] = [
  {
    id: 'K11',
    assumption: 'Create with an access policy that is no JSON is INVALID_ARGUMENT.',
    mark: 'inferred',
    source: `${proto}: a text that holds JSON`,
    expected: ['INVALID_ARGUMENT'],
    restsOn: 'nothing: the action refuses such a policy before it calls',
    ifWrong: { isSafe: true, then: 'nothing changes' },
    ask: async (account) => statusSeen(await account.tryCreate({ access_policy: '{' })),
  },
  {
    id: 'K12',
    assumption: 'Update with an access policy that is no JSON is INVALID_ARGUMENT.',
    mark: 'inferred',
    source: `${proto}: a text that holds JSON`,
    expected: ['INVALID_ARGUMENT'],
    restsOn: 'nothing: the action refuses such a policy before it calls',
    ifWrong: { isSafe: true, then: 'nothing changes' },
    ask: (account) => updateSeen(account, { access_policy: '{' }),
  },
  {
    id: 'K13',
    assumption: 'Create for a team that the caller may not act for is PERMISSION_DENIED.',
    mark: 'inferred',
    source: `${statusCodes}; ${vendorDocument} (the owner is a team)`,
    expected: ['PERMISSION_DENIED'],
    restsOn: 'the hint that names `team_id`',
    ifWrong: {
      isSafe: false,
      then: 'if refused otherwise, another hint; if taken, a key is made where nobody looks for it',
    },
    ask: async (account) =>
      statusSeen(await account.tryCreate({ owner: { team_id: account.target.otherTeamId } })),
  },
  {
    id: 'K14',
    assumption: 'A preset that does not exist is refused, or told as it was given.',
    mark: 'inferred',
    source: `${proto}: presets are names`,
    expected: ['INVALID_ARGUMENT', 'NOT_FOUND', 'told'],
    restsOn: '`rotate` gives the new key the presets of the old one',
    ifWrong: { isSafe: true, then: 'a rotation could lose a preset: it is told in the log' },
    ask: async (account) => {
      const odd = 'ConformanceNoSuchPreset';
      const answer = await account.tryCreate({ presets: ['SendData', odd] });
      if (answer.reply === undefined) return statusSeen(answer);
      const { key_permissions: granted } = await account.get(answer.reply.key_id);
      const isTold = granted?.presets.some(({ name }) => name === odd) === true;
      return { seen: isTold ? 'told' : 'dropped' };
    },
  },
  {
    id: 'K15',
    assumption: 'An empty name is taken, or INVALID_ARGUMENT.',
    mark: 'inferred',
    source: `${proto}: no rule on names`,
    expected: ['OK', 'INVALID_ARGUMENT'],
    restsOn: 'nothing: the action refuses an empty name before it calls',
    ifWrong: { isSafe: true, then: 'nothing changes' },
    ask: async (account) => {
      // Its prefix would be missing, and with it the way back to it after a crash.
      requireRisk(account);
      return { seen: (await account.tryCreate({ name: '' })).status };
    },
  },
];

async function updateSeen(
  account: Account,
  change: Omit<Requests['UpdateApiKey'], 'key_id'>,
): Promise<Sight> {
  const { id } = await account.create();
  await account.get(id);
  return statusSeen(await account.ask('UpdateApiKey', { key_id: id, ...change }));
}

/** Which status each kind of bad request is answered with. */
export const refusals = group('Requests that are refused', [
  ...unknownIds.map(unknownId),
  ...oddIds.map(oddId),
  ...callers,
  ...contents,
]);
