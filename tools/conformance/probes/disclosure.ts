import type { Account } from '../account.ts';
import type { KeyInfo } from '../messages.ts';
import { group, type Probe, type Sight } from '../probe.ts';
import { need } from './seen.ts';
import { terraformValue, vendorDocument } from './sources.ts';

const valueSeen = ({ value }: Pick<KeyInfo, 'value'>): Sight => ({
  seen: value === undefined ? 'no value' : 'the value',
});

async function createSeen(account: Account, hashed: boolean): Promise<Sight> {
  const { value } = await account.create({ hashed });
  return { seen: value === undefined ? 'no value' : 'the value' };
}

async function getSeen(account: Account, hashed: boolean): Promise<Sight> {
  const { id } = await account.create({ hashed });
  return valueSeen(await account.get(id));
}

async function listSeen(account: Account, hashed: boolean): Promise<Sight> {
  const { id } = await account.create({ hashed });
  return valueSeen(need(await account.entry(id), 'List does not show the key'));
}

const probes: readonly Probe[] = [
  {
    id: 'K20',
    assumption: 'Create’s reply carries the value.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['the value'],
    restsOn: '`create`, `ensure` and `rotate`: whence the value is',
    ifWrong: { isSafe: true, then: 'fails, and names the key that was made' },
    ask: (account) => createSeen(account, false),
  },
  {
    id: 'K21',
    assumption: 'Create’s reply carries the value of a hashed key, too.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['the value'],
    restsOn: '`hashed: true`',
    ifWrong: { isSafe: true, then: 'fails, and names the key that was made' },
    ask: (account) => createSeen(account, true),
  },
  {
    id: 'K22',
    assumption: 'Get does not carry the value.',
    mark: 'documented',
    source: `${terraformValue} (${vendorDocument} says otherwise)`,
    expected: ['no value'],
    restsOn: '`ensure` does not count on it',
    ifWrong: { isSafe: true, then: 'masked, and used' },
    ask: (account) => getSeen(account, false),
  },
  {
    id: 'K23',
    assumption: 'List does not carry the values.',
    mark: 'inferred',
    source: `${terraformValue} (${vendorDocument} says otherwise)`,
    expected: ['no value'],
    restsOn: '`ensure` does not count on it',
    ifWrong: { isSafe: true, then: 'masked, and used' },
    ask: (account) => listSeen(account, false),
  },
  {
    id: 'K24',
    assumption: 'Get does not carry the value of a hashed key.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['no value'],
    restsOn: 'what `hashed` is said to be for',
    ifWrong: { isSafe: true, then: 'masked, and used' },
    ask: (account) => getSeen(account, true),
  },
  {
    id: 'K25',
    assumption: 'List does not carry the value of a hashed key.',
    mark: 'documented',
    source: vendorDocument,
    expected: ['no value'],
    restsOn: 'what `hashed` is said to be for',
    ifWrong: { isSafe: true, then: 'masked, and used' },
    ask: (account) => listSeen(account, true),
  },
  {
    id: 'K26',
    assumption: 'A value begins with cxtp_.',
    mark: 'inferred',
    source: 'keys in the examples of the vendor’s guides to sending data',
    expected: ['cxtp_'],
    restsOn: 'the hint for an `api_key` that begins so',
    ifWrong: { isSafe: true, then: 'the hint is missing' },
    ask: async (account) => {
      const { value } = await account.create();
      const isSo = need(value, 'Create discloses no value').reveal().startsWith('cxtp_');
      return { seen: isSo ? 'cxtp_' : 'another beginning' };
    },
  },
];

/** Which replies carry a key's value. */
export const disclosure = group('The value', probes);
