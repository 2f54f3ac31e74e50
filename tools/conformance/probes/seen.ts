import { randomUUID } from 'node:crypto';
import type { Account } from '../account.ts';
import type { Answer } from '../client.ts';
import type { KeyInfo, Rpc } from '../messages.ts';
import type { Sight } from '../probe.ts';
import { Undetermined } from '../undetermined.ts';

/** The answer's status; what the service said with it only as a detail. */
export function statusSeen(answer: Answer<Rpc>): Sight {
  return answer.reply === undefined
    ? { seen: answer.status, detail: answer.details }
    : { seen: answer.status };
}

/** What the service answers to an id that no key has. */
export async function unknownIdStatus(
  account: Account,
  rpc: 'GetApiKey' | 'UpdateApiKey' | 'DeleteApiKey',
): Promise<string> {
  return (await account.ask(rpc, { key_id: randomUUID() })).status;
}

/** A status, told by comparing it with that for an id that no key has. */
export function comparedWithUnknown(status: string, unknown: string): Sight {
  if (status === 'OK') return { seen: 'OK' };
  return { seen: status === unknown ? 'as an unknown id' : status, detail: status };
}

/** A key as a record of comparable texts, without its value. */
export function fieldsOf(key: KeyInfo): Readonly<Record<string, string>> {
  const { owner, key_permissions: granted } = key;
  return {
    name: key.name,
    is_active: String(key.active),
    hashed: String(key.hashed),
    owner: `${owner?.team_id} ${owner?.user_id} ${owner?.organisation_id}`,
    presets: presetsOf(key).join(' '),
    permissions: [...(granted?.permissions ?? [])].sort().join(' '),
    access_policy: key.access_policy ?? '',
  };
}

export const presetsOf = ({ key_permissions: granted }: KeyInfo): readonly string[] =>
  (granted?.presets ?? []).map(({ name }) => name).sort();

/** The names of the fields in which two states of a key differ; `nothing` if there are none. */
export function differences(before: KeyInfo, after: KeyInfo): string {
  const now = fieldsOf(after);
  const changed = Object.entries(fieldsOf(before)).filter(([name, text]) => now[name] !== text);
  return changed.length === 0 ? 'nothing' : changed.map(([name]) => name).join(', ');
}

/** Which of two states a text is in: as it was given, or in which way it is another. */
export function textSeen(given: string, told: string): Sight {
  if (told === given) return { seen: 'as given' };
  if (told === given.trim()) return { seen: 'trimmed' };
  if (told === given.toLowerCase()) return { seen: 'in lower case' };
  if (told !== '' && given.startsWith(told)) {
    return { seen: 'cut off', detail: `after ${told.length} of ${given.length}` };
  }
  return { seen: 'otherwise' };
}

/** Says that a question needs something that is not at hand. */
export function need<T>(what: T | undefined, sentence: string): T {
  if (what === undefined) throw new Undetermined(sentence);
  return what;
}

/** For what could leave a key behind that no later run would find. */
export function requireRisk({ target }: Account): void {
  if (!target.isRiskTaken) throw new Undetermined('it is asked with --take-risk only');
}
