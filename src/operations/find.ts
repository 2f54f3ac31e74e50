import { Failure } from '../core/failure.ts';
import type { Key } from '../core/ports.ts';
import { listed, quote } from '../core/text.ts';
import type { KeySelector, NameSelector } from './key-selector.ts';
import { nearMiss, whyNone } from './near-miss.ts';
import type { Ports } from './operation.ts';
import {
  oursAmong,
  othersAmong,
  passedOver,
  tellPassedOver,
  type ForeignKey,
} from './ownership.ts';
import { isNamed, listForName } from './read-permissions.ts';

/** What bears a name. */
export interface Named {
  /** The keys that are meant. */
  readonly ours: readonly Key[];
  /** Those that are not. */
  readonly others: readonly ForeignKey[];
}

/**
 * Finds what has exactly this name.
 *
 * @param keys     all keys that the service lists
 * @param selector the name, and whose keys count
 * @param isMeant  whether a key's name counts as this one, where not only the same text does
 */
export function findNamed(
  keys: readonly Key[],
  { name, teamId }: Pick<NameSelector, 'name' | 'teamId'>,
  isMeant = isNamed,
): Named {
  const named = keys.filter((key) => isMeant(key.name, name));
  return { ours: oursAmong(named, teamId), others: othersAmong(named, teamId) };
}

/**
 * Reads the one key that the user means. By name, that is the active one; inactive ones of the name
 * count only where there is no active one.
 *
 * @param selector an id, or an exact name
 * @param ports    the service, and where it is told what is passed over
 * @throws `not_found` when there is none, `ambiguous`, with the ids, when several could be meant
 */
export async function findOne(
  selector: KeySelector,
  ports: Pick<Ports, 'keys' | 'clock' | 'log'>,
): Promise<Key> {
  return selector.by === 'id'
    ? ports.keys.get(selector.id)
    : pickOne(await listForName(selector.name, ports), selector, ports);
}

/** {@link findOne}, in a list that was read already. */
export function pickOne(
  keys: readonly Key[],
  selector: NameSelector,
  { log }: Pick<Ports, 'log'>,
): Key {
  const { name } = selector;
  const { ours, others } = findNamed(keys, selector);
  if (ours.length === 0)
    throw noneNamed(name, others, whyNone(keys, selector) ?? nearMiss(keys, selector));
  tellPassedOver(others, `named ${quote(name)}`, log);
  const active = ours.filter((key) => key.active);
  const meant = active.length > 0 ? active : ours;
  const [key] = meant;
  if (key !== undefined && meant.length === 1) return key;
  throw new Failure(
    'ambiguous',
    `${meant.length} keys are named ${quote(name)}: ${listed(meant.map(idAndState))}.`,
    { hint: 'Say which one with `key_id`.', keyIds: meant.map(({ id }) => id) },
  );
}

function noneNamed(name: string, others: readonly ForeignKey[], why: string | undefined): Failure {
  const none = `No Send-Your-Data key of a team is named ${quote(name)}.`;
  return others.length === 0
    ? new Failure('not_found', none, {
        hint:
          why ??
          'Names are compared exactly. The `list` operation shows the keys that this `api_key` can see.',
      })
    : new Failure('not_found', `${none} ${passedOver(others, 'of that name')}`);
}

function idAndState({ id, active }: Key): string {
  return `${id} (${active ? 'active' : 'inactive'})`;
}
