import type { Client } from './client.ts';
import { waitUntil } from './wait.ts';

/** What the names of all keys begin with that this program makes: by it, a later run finds them. */
export const namePrefix = 'conformance-of-coralogix-api-keys-action/';

/** Long enough for lag and a short disturbance; whoever stops a job gives it no more. In milliseconds. */
const longestCleanUpMs = 60_000;

/** What became of the keys. */
export interface CleanUp {
  readonly deleted: number;
  /** What could not be deleted, or not be looked for; a sentence each. */
  readonly problems: readonly string[];
}

/**
 * Deletes keys that this program has made, and looks for those that nobody knows the id of.
 *
 * @param prefix  what the names of those to look for begin with: {@link namePrefix} and maybe more
 * @param known   the names, by id, of keys that were made and may not be deleted yet
 * @param waitMs  how long "there is none" may be untrue of a new key
 */
export async function deleteKeys(
  client: Client,
  { prefix, known, waitMs }: { prefix: string; known: ReadonlyMap<string, string>; waitMs: number },
): Promise<CleanUp> {
  if (!prefix.startsWith(namePrefix))
    throw new Error('Only keys under the own prefix are deleted.');
  const left = new Map(known);
  const deleted = new Set<string>();
  let refusal = '';
  let isListed = true as boolean;

  const look = async (): Promise<boolean> => {
    const { reply } = await client.call('GetSendDataApiKeys', {});
    isListed = reply?.keys.every(({ id }) => id !== '') === true;
    for (const { id, name } of reply?.keys ?? []) {
      if (id !== '' && name.startsWith(prefix) && !deleted.has(id)) left.set(id, name);
    }
    for (const id of [...left.keys()]) {
      const { status } = await client.call('DeleteApiKey', { key_id: id });
      if (status === 'OK') {
        deleted.add(id);
        left.delete(id);
      } else if (status !== 'NOT_FOUND') refusal = status;
    }
    return isListed && left.size === 0;
  };
  // A key of which the service says to the end that there is none is gone.
  await waitUntil(look, Math.min(Math.max(waitMs, 1000), longestCleanUpMs));
  const gone = await missingAmong(client, [...left.keys()]);
  for (const id of gone) left.delete(id);
  return {
    deleted: deleted.size,
    problems: [
      ...[...left].map(([id, name]) =>
        client.redaction.apply(`The key ${id} is not deleted: ${refusal}. Its name is ${name}`),
      ),
      ...(isListed ? [] : [`The list could not be read, so keys under ${prefix} may be left.`]),
    ],
  };
}

async function missingAmong(client: Client, ids: readonly string[]): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const id of ids) {
    const { status } = await client.call('DeleteApiKey', { key_id: id });
    if (status === 'OK' || status === 'NOT_FOUND') missing.push(id);
  }
  return missing;
}
