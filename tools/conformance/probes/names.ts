import type { Account } from '../account.ts';
import { group, type Probe, type Sight } from '../probe.ts';
import { statusSeen, textSeen } from './seen.ts';
import { proto } from './sources.ts';

const noRule = `${proto}, and the vendor’s clients: no rule on names`;

/** Makes a key with a name that ends so, and reads the name. */
async function nameSeen(account: Account, suffix: string, length = 0): Promise<Sight> {
  const name = account.freshName(suffix).padEnd(length, 'x');
  const answer = await account.tryCreate({ name });
  if (answer.reply === undefined) return statusSeen(answer);
  return textSeen(name, (await account.get(answer.reply.key_id)).name);
}

interface NameRow {
  readonly id: string;
  readonly assumption: string;
  readonly suffix: string;
  /** How long the whole name is, filled up with `x`. */
  readonly length?: number;
  readonly restsOn: string;
  readonly ifWrong: Probe['ifWrong'];
}

const asGiven: readonly NameRow[] = [
  {
    id: 'K52',
    assumption: 'A name of 1000 characters is kept.',
    suffix: '',
    length: 1000,
    restsOn: 'names are of any length; a stamp makes one longer',
    ifWrong: { isSafe: true, then: 'refused: the step fails; cut off: see K32' },
  },
  {
    id: 'K53',
    assumption: 'A name of any characters is kept.',
    suffix: ' "ä" 漢字 🔑 <b>&amp;</b> %41 \\ {x} $x `x` | \'x\'',
    restsOn: 'branches and environments, which may have any characters, stand in names',
    ifWrong: { isSafe: true, then: 'refused: the step fails; changed: see K32' },
  },
  {
    id: 'K54',
    assumption: 'A blank at the end of a name is kept.',
    suffix: 'x ',
    restsOn: 'nothing: the action trims names before it calls',
    ifWrong: { isSafe: true, then: 'nothing changes' },
  },
  {
    id: 'K55',
    assumption: 'The case of a name is kept.',
    suffix: 'AbC',
    restsOn: 'names are compared with their case',
    ifWrong: {
      isSafe: false,
      then: 'each `ensure` of a name with a capital letter makes another key',
    },
  },
  {
    id: 'K56',
    assumption: 'A name with a stamp of this action is kept.',
    suffix: ' ~pending-20260131T235959Z-0f1e2d3c4b5a6978',
    restsOn: '`ensure` and `rotate`: a key is made under such a name',
    ifWrong: { isSafe: false, then: 'provisional keys are not known as such, and are left behind' },
  },
];

const keptProbe = ({ suffix, length, ...row }: NameRow): Probe => ({
  ...row,
  mark: 'inferred',
  source: noRule,
  expected: ['as given'],
  ask: (account) => nameSeen(account, suffix, length),
});

const taken: readonly Probe[] = [
  {
    id: 'K50',
    assumption: 'Create with a name that another key has is not refused.',
    mark: 'inferred',
    source: noRule,
    expected: ['OK'],
    restsOn: 'nothing: the action makes keys under names that nobody else has',
    ifWrong: { isSafe: true, then: '`create` of a name that is there fails' },
    ask: async (account) => {
      const { id, name } = await account.create();
      await account.get(id);
      return statusSeen(await account.tryCreate({ name }));
    },
  },
  {
    id: 'K51',
    assumption: 'Two Creates of one name, if both are OK, make two keys.',
    mark: 'inferred',
    source: `${proto}: no key for idempotence`,
    expected: ['two keys'],
    restsOn: 'a Create that may have arrived is never sent again',
    ifWrong: {
      isSafe: true,
      then: 'keys would be shared by name: `create` hands out a key that was there',
    },
    ask: async (account) => {
      const { id, name } = await account.create();
      const second = await account.create({ name });
      return { seen: second.id === id ? 'one key' : 'two keys' };
    },
  },
  {
    id: 'K57',
    assumption: 'Update to a name that another key has is not refused.',
    mark: 'inferred',
    source: noRule,
    expected: ['OK'],
    restsOn: '`rotate`: the new key gets the name while the old one still has it',
    ifWrong: { isSafe: true, then: '`rotate` fails, and deletes the new key' },
    ask: async (account) => {
      const { name } = await account.create();
      const { id } = await account.create();
      await account.get(id);
      return statusSeen(await account.ask('UpdateApiKey', { key_id: id, new_name: name }));
    },
  },
];

/** What a name may be, and that it need not be the only one. */
export const names = group(
  'Names',
  [...taken, ...asGiven.map(keptProbe)].sort((a, b) => (a.id < b.id ? -1 : 1)),
);
