import sodium from 'libsodium-wrappers';
import { randomInt } from 'node:crypto';
import type { GitHubAnswer } from './github-faults.ts';

interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/**
 * GitHub's side of secrets: a key pair for the repository and for each environment, whose public
 * half is handed out, and whose private half opens what is sent. It opens with libsodium itself, so
 * that what the action seals with another library is judged by the reference.
 */
export class GitHubVault {
  /** Decrypted: `NAME` of the repository, `environment/NAME` of an environment. */
  readonly secrets = new Map<string, string>();
  readonly #keys = new Map<string, { readonly id: string; readonly pair: KeyPair }>();

  static async open(): Promise<GitHubVault> {
    await sodium.ready;
    return new GitHubVault();
  }

  /** @param place the environment's name, or nothing for the repository */
  publicKey(place: string | undefined): GitHubAnswer {
    const { id, pair } = this.#keyOf(place);
    const key = Buffer.from(pair.publicKey).toString('base64');
    return { status: 200, body: { key_id: id, key } };
  }

  /**
   * @param place the environment's name, or nothing for the repository
   * @param name  of the secret
   * @param body  as it was sent
   */
  put(place: string | undefined, name: string, body: string): GitHubAnswer {
    const { id, pair } = this.#keyOf(place);
    const sent = parse(body);
    if (sent.key_id !== id) return refused('The key_id is not that of the public key.');
    if (!/^(?!github_)[a-z_][a-z0-9_]*$/iu.test(name)) return refused('Secret names can only…');
    let value: string;
    try {
      const sealed = Buffer.from(String(sent.encrypted_value), 'base64');
      const opened = sodium.crypto_box_seal_open(sealed, pair.publicKey, pair.privateKey);
      value = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(opened);
    } catch {
      return refused('Bad encrypted value');
    }
    const path = place === undefined ? name : `${place}/${name}`;
    const isNew = !this.secrets.has(path);
    this.secrets.set(path, value);
    return isNew ? { status: 201, body: {} } : { status: 204 };
  }

  /** Forgets the key pairs, so that new ones are made. */
  renewKeys(): void {
    this.#keys.clear();
  }

  #keyOf(place: string | undefined): { readonly id: string; readonly pair: KeyPair } {
    const path = place ?? '';
    const known = this.#keys.get(path);
    if (known !== undefined) return known;
    const made = { id: String(randomInt(2 ** 40)), pair: sodium.crypto_box_keypair() };
    this.#keys.set(path, made);
    return made;
  }
}

function parse(body: string): { readonly key_id?: unknown; readonly encrypted_value?: unknown } {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

function refused(message: string): GitHubAnswer {
  return { status: 422, body: { message, status: '422' } };
}
