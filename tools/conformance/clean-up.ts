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

/** What is to be deleted. */
export interface Remains {
  /** What the names of those to look for begin with: {@link namePrefix}, and maybe more. */
  readonly prefix: string;
  /** Names, by id, of keys that were made and may not be deleted yet. */
  readonly known: ReadonlyMap<string, string>;
  /** Names under which a key may have been made, or may still come: the answer was lost. */
  readonly lost: ReadonlySet<string>;
  /** How long "there is none" may be untrue of a new key, in milliseconds. */
  readonly waitMs: number;
}

/** Deletes keys that this program has made, and looks for those that nobody knows the id of. */
export async function deleteKeys(client: Client, remains: Remains): Promise<CleanUp> {
  const { prefix, waitMs } = remains;
  if (!prefix.startsWith(namePrefix)) throw new Error('Only own keys are deleted.');
  const search = new Search(client, remains);
  await waitUntil(() => search.look(), Math.min(Math.max(waitMs, 1000), longestCleanUpMs));
  return search.end();
}

class Search {
  readonly #client: Client;
  readonly #prefix: string;
  /** Not deleted yet: known from the start. */
  readonly #known: Map<string, string>;
  readonly #lost: Set<string>;
  /** Whether one may have been made that no list can be searched for. */
  readonly #isNamelessLost: boolean;
  readonly #deleted = new Set<string>();
  /** Of the last look. */
  #isListed = false;
  #refused = new Map<string, string>();

  constructor(client: Client, { prefix, known, lost }: Remains) {
    this.#client = client;
    this.#prefix = prefix;
    this.#known = new Map(known);
    this.#lost = new Set([...lost].filter((name) => name.startsWith(prefix)));
    this.#isNamelessLost = this.#lost.size < lost.size;
  }

  /** Deletes what is known or listed; true when there is nothing left to wait for. */
  async look(): Promise<boolean> {
    const { reply } = await this.#client.call('GetSendDataApiKeys', {});
    this.#isListed = reply?.keys.every(({ id }) => id !== '') === true;
    const found = new Map(this.#known);
    for (const { id, name } of reply?.keys ?? []) {
      if (id === '' || !name.startsWith(this.#prefix)) continue;
      this.#lost.delete(name);
      if (!this.#deleted.has(id)) found.set(id, name);
    }
    this.#refused = new Map();
    for (const [id, name] of found) {
      const { status } = await this.#client.call('DeleteApiKey', { key_id: id });
      if (status === 'OK') {
        this.#deleted.add(id);
        this.#known.delete(id);
      } else this.#refused.set(id, `${status}. Its name is ${name}`);
    }
    return this.#isListed && this.#refused.size === 0 && this.#lost.size === 0;
  }

  end(): CleanUp {
    const { redaction } = this.#client;
    // A key of which the service says to the end that there is none is gone.
    const left = [...this.#refused].filter(([, why]) => !why.startsWith('NOT_FOUND.'));
    const problems = left.map(([id, why]) => `The key ${id} is not deleted: ${why}`);
    if (!this.#isListed) {
      problems.push(`The list could not be read, so keys under ${this.#prefix} may be left.`);
    }
    if (this.#isNamelessLost)
      problems.push('A key without a name may have been made, and be left.');
    return {
      deleted: this.#deleted.size,
      problems: problems.map((problem) => redaction.apply(problem)),
    };
  }
}
