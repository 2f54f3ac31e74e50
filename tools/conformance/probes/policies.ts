import type { Account } from '../account.ts';
import { group, type Probe, type Sight } from '../probe.ts';
import { requireRisk } from './seen.ts';
import { vendorOverview } from './sources.ts';

/**
 * An access policy as the vendor shows it.
 * Source: https://coralogix.com/docs/api-reference/v3/api-keys-service/overview/
 */
const policy = (readConfig: 'grant' | 'deny'): string =>
  JSON.stringify({
    version: '2025-01-01',
    default: {
      permissions: {
        'data-ingest-api-keys:ReadAccessPolicy': 'grant',
        'data-ingest-api-keys:UpdateAccessPolicy': 'grant',
        // Whatever is tried, the key must stay one that can be deleted.
        'data-ingest-api-keys:Manage': 'grant',
        'data-ingest-api-keys:ReadConfig': readConfig,
      },
    },
    rules: [],
  });

/** Allows everybody everything: it should change nothing. */
export const grantingPolicy = policy('grant');

const denyingPolicy = policy('deny');

async function listed(account: Account, id: string): Promise<Sight> {
  return { seen: (await account.entry(id)) === undefined ? 'hidden' : 'shown' };
}

const probes: readonly Probe[] = [
  {
    id: 'K80',
    assumption: 'A key whose access policy grants all is in List.',
    mark: 'inferred',
    source: vendorOverview,
    expected: ['shown'],
    restsOn: '`ensure` finds a key that has a policy',
    ifWrong: { isSafe: false, then: 'each `ensure` makes another key' },
    ask: async (account) => {
      const { id } = await account.create({ access_policy: grantingPolicy });
      await account.get(id);
      return listed(account, id);
    },
  },
  {
    id: 'K81',
    assumption: 'A key whose access policy denies ReadConfig is in List, or is not: both are met.',
    mark: 'inferred',
    source: vendorOverview,
    expected: ['shown', 'hidden'],
    restsOn: 'the advice to keep ReadConfig granted to the caller',
    ifWrong: {
      isSafe: true,
      then: 'nothing changes; where it is hidden, `ensure` makes another key',
    },
    ask: async (account) => {
      // Hidden, it would not be found by a later run.
      requireRisk(account);
      const { id } = await account.create({ access_policy: denyingPolicy });
      return listed(account, id);
    },
  },
];

/** What an access policy does to the key that has it. */
export const policies = group('Access policies', probes);
