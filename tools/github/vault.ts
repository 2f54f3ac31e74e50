import sodium from 'libsodium-wrappers';
import { randomInt } from 'node:crypto';
import { notFound, refused } from './answers.ts';
import type { GitHubAnswer } from './faults.ts';

interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

const whyRefused = 'the description leaves out how a bad secret or variable is refused';
const whyKept = 'the description leaves out what a variable that is there already answers';

/**
 * GitHub's side of secrets and variables. A key pair for each place, whose public half is handed out,
 * and whose private half opens what is sent: with libsodium itself, so that what the action seals with
 * another library is judged by the reference.
 *
 * A place is a text: `''` for the repository, else what its names are under, `production`.
 */
export class GitHubVault {
  /** Decrypted, by place and name: `NAME`, `production/NAME`. May be changed by hand. */
  readonly secrets = new Map<string, string>();
  /** As they are, by place and name. May be changed by hand. */
  readonly variables = new Map<string, string>();
  readonly #keys = new Map<string, { readonly id: string; readonly pair: KeyPair }>();
  readonly #dates = new Map<string, { readonly created: string; updated: string }>();

  static async open(): Promise<GitHubVault> {
    await sodium.ready;
    return new GitHubVault();
  }

  publicKey(place: string): GitHubAnswer {
    const { id, pair } = this.#keyOf(place);
    const key = Buffer.from(pair.publicKey).toString('base64');
    return { status: 200, body: { key_id: id, key } };
  }

  /** What GitHub tells of a secret: all but its value. */
  secret(place: string, name: string): GitHubAnswer {
    const path = pathOf(place, name);
    return this.secrets.has(path)
      ? { status: 200, body: { name: name.toUpperCase(), ...this.#datesOf(`secret ${path}`) } }
      : notFound;
  }

  /** @param body as it was sent */
  putSecret(place: string, name: string, body: string): GitHubAnswer {
    const { id, pair } = this.#keyOf(place);
    const sent = parse(body);
    if (sent['key_id'] !== id) {
      return refused(422, 'The key_id is not that of the public key.', whyRefused);
    }
    if (!isName(name)) return refused(422, 'Secret names can only…', whyRefused);
    let value: string;
    try {
      const sealed = Buffer.from(String(sent['encrypted_value']), 'base64');
      const opened = sodium.crypto_box_seal_open(sealed, pair.publicKey, pair.privateKey);
      value = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(opened);
    } catch {
      return refused(422, 'Bad encrypted value', whyRefused);
    }
    const path = pathOf(place, name);
    const isNew = !this.secrets.has(path);
    this.secrets.set(path, value);
    this.#touch(`secret ${path}`, isNew);
    return isNew ? { status: 201, body: {} } : { status: 204 };
  }

  /** All variables of a place, in the order of their names. */
  listVariables(place: string): readonly unknown[] {
    const under = place === '' ? '' : `${place}/`;
    return [...this.variables.keys()]
      .filter((path) => path.startsWith(under) && !path.slice(under.length).includes('/'))
      .sort()
      .map((path) => this.#variable(path));
  }

  variable(place: string, name: string): GitHubAnswer {
    const path = pathOf(place, name);
    return this.variables.has(path) ? { status: 200, body: this.#variable(path) } : notFound;
  }

  createVariable(place: string, body: string): GitHubAnswer {
    const { name, value } = parse(body);
    if (typeof name !== 'string' || typeof value !== 'string' || !isName(name)) {
      return refused(422, 'Variable names can only…', whyRefused);
    }
    const path = pathOf(place, name);
    if (this.variables.has(path)) {
      return refused(409, 'Already exists - Variable already exists', whyKept);
    }
    this.variables.set(path, value);
    this.#touch(`variable ${path}`, true);
    return { status: 201, body: {} };
  }

  updateVariable(place: string, name: string, body: string): GitHubAnswer {
    const path = pathOf(place, name);
    const { value } = parse(body);
    if (!this.variables.has(path)) return notFound;
    if (typeof value === 'string') this.variables.set(path, value);
    this.#touch(`variable ${path}`, false);
    return { status: 204 };
  }

  deleteSecret(place: string, name: string): GitHubAnswer {
    return this.secrets.delete(pathOf(place, name)) ? { status: 204 } : notFound;
  }

  deleteVariable(place: string, name: string): GitHubAnswer {
    return this.variables.delete(pathOf(place, name)) ? { status: 204 } : notFound;
  }

  /** Forgets the key pairs, so that new ones are made. */
  renewKeys(): void {
    this.#keys.clear();
  }

  #variable(path: string): unknown {
    const name = path.split('/').at(-1);
    return { name, value: this.variables.get(path), ...this.#datesOf(`variable ${path}`) };
  }

  #touch(thing: string, isNew: boolean): void {
    const now = new Date().toISOString();
    const created = isNew ? now : (this.#dates.get(thing)?.created ?? now);
    this.#dates.set(thing, { created, updated: now });
  }

  #datesOf(thing: string): { readonly created_at: string; readonly updated_at: string } {
    if (!this.#dates.has(thing)) this.#touch(thing, true);
    const { created = '', updated = '' } = this.#dates.get(thing) ?? {};
    return { created_at: created, updated_at: updated };
  }

  #keyOf(place: string): { readonly id: string; readonly pair: KeyPair } {
    const known = this.#keys.get(place);
    if (known !== undefined) return known;
    const made = { id: String(randomInt(2 ** 40)), pair: sodium.crypto_box_keypair() };
    this.#keys.set(place, made);
    return made;
  }
}

/** GitHub writes the names of secrets and variables in capital letters, whoever made them. */
function pathOf(place: string, name: string): string {
  return place === '' ? name.toUpperCase() : `${place}/${name.toUpperCase()}`;
}

function isName(name: string): boolean {
  return /^(?!github_)[a-z_][a-z0-9_]*$/iu.test(name);
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
