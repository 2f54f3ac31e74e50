import { randomInt } from 'node:crypto';
import type { Account, MadeKey } from '../account.ts';
import type { Export, Ingestion } from '../ingestion.ts';
import { Secret } from '../secret.ts';
import { Undetermined } from '../undetermined.ts';
import type { Waited } from '../wait.ts';
import { need } from './seen.ts';

/** A key that was accepted, as it has to be for what comes then to mean anything. */
export interface AcceptedKey extends MadeKey {
  readonly value: Secret;
  /** How long it took to be accepted. */
  readonly waited: Waited;
}

/** What says that a key was let in: an export may be refused for being empty, after that. */
export const accepted: readonly string[] = ['OK', 'INVALID_ARGUMENT'];
/** What says that a key is not known. */
export const refused = 'UNAUTHENTICATED';

/**
 * Where telemetry goes.
 *
 * @throws `Undetermined` when that is not known
 */
export const ingestionOf = (account: Account): Ingestion =>
  need(account.ingestion, 'where telemetry goes is not known: give --ingestion-endpoint');

/** Sends with a key until something fits, or as long as may be waited; and what came last. */
export async function sendUntil(
  account: Account,
  key: Secret,
  fits: (seen: string) => boolean,
): Promise<{ readonly last: Export; readonly waited: Waited }> {
  const ingestion = ingestionOf(account);
  let last: Export = { seen: '', detail: '' };
  const waited = await account.waitUntil(async () => {
    last = await ingestion.send(key);
    return fits(last.seen);
  });
  return { last, waited };
}

/** Whether a key was let in. */
export const isAccepted = (seen: string): boolean => accepted.includes(seen);
/** Whether a key is not known. */
export const isRefused = (seen: string): boolean => seen === refused;

/** Makes a key whose value is known. */
export async function newKey(account: Account): Promise<MadeKey & { readonly value: Secret }> {
  // Before a key is made for it.
  ingestionOf(account);
  const made = await account.create();
  return { ...made, value: need(made.value, 'Create discloses no value') };
}

/** A key of the same shape that nobody has. */
export function madeUp(value: Secret): Secret {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const [, prefix = '', rest = ''] = /^([a-z]+_)?(.*)$/su.exec(value.reveal()) ?? [];
  const other = rest
    .replaceAll(/\d/gu, () => String(randomInt(10)))
    // Hexadecimal digits stay so, as in a UUID.
    .replaceAll(/[a-f]/gu, () => letters.charAt(randomInt(6)))
    .replaceAll(/[g-zA-Z]/gu, () => letters.charAt(randomInt(letters.length)));
  return new Secret(`${prefix}${other}`);
}

/**
 * A key that is accepted, where a made-up one is not.
 *
 * @throws `Undetermined` when that cannot be had: the assumptions that are about it say so
 */
export async function acceptedKey(account: Account): Promise<AcceptedKey> {
  const made = await newKey(account);
  const { last, waited } = await sendUntil(account, made.value, isAccepted);
  if (!waited.isMet) throw new Undetermined(`a new key is not accepted: ${last.seen}`);
  const { seen } = await ingestionOf(account).send(madeUp(made.value));
  if (isAccepted(seen)) {
    throw new Undetermined(
      'a made-up key is accepted, too: the key of an empty export is no matter',
    );
  }
  return { ...made, waited };
}
