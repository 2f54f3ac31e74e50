import { Failure } from '../../../src/core/failure.ts';
import { Secret } from '../../../src/core/secret.ts';
import type { Ports } from '../../../src/operations/operation.ts';
import type { IfValueLost } from '../../../src/operations/ensure-request.ts';
import { entryOf, recordText } from '../../../src/operations/stored-record.ts';
import type { PassedValue } from '../../../src/operations/stored-value.ts';
import type { StoredKey } from '../../../tools/emulator/key.ts';
import { play, setting, type Played } from '../setting.ts';
import { ensuring, name, secret } from '../simulation/requests.ts';
import { token } from '../simulation/service.ts';
import type { World } from '../simulation/world.ts';

/** What there is, and what the step is given: every combination is a row. */
const axes = {
  keys: ['none', 'one active', 'two active', 'an inactive one', 'one whose end has come'],
  secret: [
    'no `secret_name`',
    'missing',
    'with its record',
    'record of another key',
    'no record',
    'record edited',
    'invisible',
  ],
  passed: ['not given', 'blank', "the key's", "a retired key's", "a stranger's"],
  ifLost: ['fail', 'rotate', 'ignore'],
  event: ['own', 'fork or Dependabot'],
} as const;

type Axes = typeof axes;
export type Case = { readonly [Axis in keyof Axes]: Axes[Axis][number] };

/** All combinations. */
export const cases: readonly Case[] = axes.keys.flatMap((keys) =>
  axes.secret.flatMap((secretIs) =>
    axes.passed.flatMap((passed) =>
      axes.ifLost.flatMap((ifLost) =>
        axes.event.map((event) => ({ keys, secret: secretIs, passed, ifLost, event })),
      ),
    ),
  ),
);

/** What came of one. */
export interface Row extends Case {
  readonly played: Played;
  /** `done`, or the kind of the failure. */
  readonly result: string;
  readonly value: 'the passed one' | 'that of the new key' | 'none' | 'another';
  readonly isMade: boolean;
  readonly isStored: boolean;
  /** Whether there was a secret, and it holds another value by now. */
  readonly isReplaced: boolean;
  readonly retired: number;
  /** What the secret holds in the end; undefined when there is none. */
  readonly held: StoredKey | 'a stranger' | undefined;
}

/** A day before all that happens in the world. */
const longAgo = Date.UTC(2026, 0, 30, 23, 59, 30);

/** Makes the keys; gives the one that it is about, and one that was retired. */
async function plantKeys(
  world: World,
  keys: Case['keys'],
): Promise<readonly [StoredKey, StoredKey]> {
  const isActive = keys !== 'an inactive one';
  const ended = `${name} ~until-20260131T1200Z`;
  const bearing = keys === 'one whose end has come' ? ended : name;
  const [gone = ''] = await world.plant([{ name }]);
  const retired = keyOf(world, gone);
  world.store.delete(token, gone);
  const ids = await world.plant([
    { name: bearing, active: isActive },
    ...(keys === 'two active' ? [{ name }] : []),
  ]);
  const [first = ''] = ids.toSorted();
  const key = keyOf(world, first);
  if (keys === 'none') world.store.delete(token, first);
  return [key, retired];
}

function keyOf({ store }: World, id: string): StoredKey {
  const found = store.keys().find((key) => key.id === id);
  if (found === undefined) throw new Error('no such key was planted');
  return found;
}

/** Puts the secret and its record where a run would have put them. */
function plantSecret(
  { github }: World,
  what: Case['secret'],
  key: StoredKey,
  retired: StoredKey,
): void {
  if (what === 'missing' || what === 'no `secret_name`' || what === 'invisible') return;
  const held = what === 'record of another key' ? retired : key;
  const value = new Secret(held.value ?? '');
  github.secret = { value, updatedMs: longAgo };
  const record = recordText({
    state: 'stored',
    entry: entryOf(held.id, value, longAgo),
    previous: undefined,
    settled: [],
  });
  if (what === 'no record') return;
  github.record = { text: what === 'record edited' ? 'see the wiki' : record, updatedMs: longAgo };
}

/** A GitHub that answers 404 to everything. */
function invisible(ports: Ports): Ports {
  const why = new Failure('github', 'GitHub answered 404 Not Found.');
  const unseen = (): Promise<{ readonly state: 'invisible'; readonly why: Failure }> =>
    Promise.resolve({ state: 'invisible', why });
  const fail = (): Promise<never> => Promise.reject(why);
  return {
    ...ports,
    github: {
      ...ports.github,
      findSecret: unseen,
      readRecord: unseen,
      checkSecretAccess: fail,
      storeSecret: fail,
      writeRecord: fail,
    },
  };
}

function passedValue(what: Case['passed'], key: StoredKey, retired: StoredKey): PassedValue {
  const passing = (text: string): PassedValue => ({ isPassed: true, value: new Secret(text) });
  switch (what) {
    case 'not given':
      return { isPassed: false };
    case 'blank':
      return { isPassed: true, value: undefined };
    case "the key's":
      return passing(key.value ?? '');
    case "a retired key's":
      return passing(retired.value ?? '');
    case "a stranger's":
      return passing('cxtp_of-somebody-else');
  }
}

/** Runs `ensure` in a world of its own, and its job to a good end. */
export async function run(one: Case): Promise<Row> {
  const world = setting({
    hideValues: true,
    ...(one.secret === 'invisible' ? { tamper: invisible } : {}),
  });
  const [key, retired] = await plantKeys(world, one.keys);
  plantSecret(world, one.secret, key, retired);
  const before = { ...world.github };
  const keys = world.store.keys();
  const storedValue = passedValue(one.passed, key, retired);
  const request = ensuring({
    ifValueLost: one.ifLost satisfies IfValueLost,
    storedValue,
    secret: one.secret === 'no `secret_name`' ? undefined : secret,
  });
  const played = await play(world, request, {
    hasJobEnd: true,
    jobStatus: 'success',
    seesSecrets: one.event === 'own',
  });
  const made = world.store.keys().filter(({ id }) => !keys.some((known) => known.id === id));
  const value = played.outcome?.value?.reveal();
  const held = world.github.secret?.value.reveal();
  const all = [...world.store.keys(), ...world.store.deletedKeys()];
  return {
    ...one,
    played,
    result: played.failure?.kind ?? played.ending,
    value:
      value === undefined
        ? 'none'
        : made.some((each) => each.value === value)
          ? 'that of the new key'
          : storedValue.isPassed && storedValue.value?.reveal() === value
            ? 'the passed one'
            : 'another',
    isMade: made.length > 0,
    isStored: world.github.secret !== before.secret,
    isReplaced: before.secret !== undefined && world.github.secret !== before.secret,
    retired: keys.filter(
      ({ id, active }) =>
        active && world.store.keys().find((each) => each.id === id)?.active !== true,
    ).length,
    held:
      held === undefined ? undefined : (all.find((each) => each.value === held) ?? 'a stranger'),
  };
}

/** What came of a row, in words. */
export function told({ result, value, isMade, isStored, retired, played }: Row): string {
  if (result !== 'done') return `fails: \`${result}\``;
  const made = isMade ? (isStored ? 'a new key, stored' : 'a new key') : '';
  const old = retired === 0 ? '' : `, ${retired} retired`;
  if (made !== '') return `${made}${old}`;
  if (value === 'the passed one') return 'handed out';
  if (value !== 'none') return 'another value';
  if (played.warnings.some(saysEmpty)) return 'empty, with a warning';
  return played.infos.some(saysEmpty) ? 'empty, as the log says' : 'kept';
}

/** Whether a warning, or a line of the log, says that the step hands out nothing. */
export function saysEmpty(message: string): boolean {
  return message.includes('The output `value` is empty, as `if_value_lost` says.');
}
