import type { Key, Log, Owner } from '../core/ports.ts';
import { sendDataPermissions, sendDataPreset } from '../core/send-data.ts';
import { listed, plural, quote } from '../core/text.ts';

/**
 * Whose keys: what is found by name is handed out, changed or deleted only if it is a key that a team
 * owns and that may send data and nothing else. The service's list shows all keys of the account that
 * may send data, whoever made them, and names are not unique: a person's own key, one for management or
 * one of another team can bear the name that a workflow gives to its own. `key_id` means any key.
 */

/** A key that is not meant by name, and why: to follow "it". */
export interface ForeignKey {
  readonly key: Key;
  readonly why: string;
}

/**
 * Why a key is not meant where keys are found by name.
 *
 * @param key    any key
 * @param teamId the only team whose keys count; every team's do when undefined
 * @returns to follow "it": `belongs to a user`; undefined for a key that is meant
 */
export function whyNotOurs(key: Key, teamId?: number): string | undefined {
  return foreignOwner(key.owner, teamId) ?? foreignPermissions(key);
}

/** The keys that are meant where keys are found by name. */
export function oursAmong(keys: readonly Key[], teamId?: number): readonly Key[] {
  return keys.filter((key) => whyNotOurs(key, teamId) === undefined);
}

/** The others, each with the reason. */
export function othersAmong(keys: readonly Key[], teamId?: number): readonly ForeignKey[] {
  return keys.flatMap((key) => {
    const why = whyNotOurs(key, teamId);
    return why === undefined ? [] : [{ key, why }];
  });
}

/**
 * Says what was passed over, and whose it is. Those of another team are no news to whoever named one.
 *
 * @param others what was passed over
 * @param which  what they have in common: `named "x"`
 * @param log    where it is said
 */
export function tellPassedOver(others: readonly ForeignKey[], which: string, log: Log): void {
  if (others.length === 0) return;
  const message = passedOver(others, which);
  if (others.every(({ key }) => key.owner?.kind === 'team' && isSendDataOnly(key)))
    log.info(message);
  else log.warning(message, 'keys left alone');
}

/** What {@link tellPassedOver} says, for where nothing else was found. */
export function passedOver(others: readonly ForeignKey[], which: string): string {
  const each = others.map(({ key, why }) => `${key.id} ${why}`);
  return `${plural(others.length, 'key')} ${which} ${others.length === 1 ? 'is' : 'are'} left alone: ${listed(each, 5)}. By name, only the keys of a team that may send data and nothing else are meant; \`key_id\` means any key.`;
}

/** A key whose owner the service does not tell counts as a team's: it may be older than the field. */
function foreignOwner(owner: Owner | undefined, teamId: number | undefined): string | undefined {
  switch (owner?.kind) {
    case 'user':
      return 'belongs to a user';
    case 'organisation':
      return 'belongs to an organisation';
    case 'team':
      return teamId === undefined || owner.teamId === teamId
        ? undefined
        : `belongs to the team ${owner.teamId}`;
    case undefined:
      return undefined;
  }
}

/** The same holds of a key of which no permission is told: the list has none but those that may send. */
function foreignPermissions(key: Key): string | undefined {
  const more = moreThanSendData(key);
  return more.length === 0
    ? undefined
    : `may do more than send data (${listed(more.map(short), 3)})`;
}

function isSendDataOnly(key: Key): boolean {
  return moreThanSendData(key).length === 0;
}

/** Names of presets and permissions that are not `SendData`'s. */
function moreThanSendData({ presets, permissions }: Key): readonly string[] {
  const names = presets.map(({ name }) => name).filter((name) => name !== sendDataPreset);
  return [...names, ...permissions.filter((each) => !sendDataPermissions.includes(each))];
}

function short(name: string): string {
  return quote(name, 60);
}
