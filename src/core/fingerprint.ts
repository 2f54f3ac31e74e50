import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What tells a credential from others without holding it. Both parts in hexadecimal. */
export interface Fingerprint {
  /** 16 random bytes, of this fingerprint alone. */
  readonly salt: string;
  readonly hash: string;
}

/**
 * Takes a credential's fingerprint: HMAC-SHA-256 under a salt of its own. No two fingerprints can be
 * compared, and no table be made beforehand.
 *
 * What guessing costs: one HMAC a guess, some 10^10 a second on one graphics card. The vendor's keys are
 * a prefix and 30 letters and digits, 62^30 or 2^178 of them, so that all cards there are would not find
 * one in the time that there is. A slow hash such as scrypt would add a factor of 10^5 to that, and 50 ms
 * to each start of the action. Only a credential that somebody made up, short or of words, could be
 * guessed from a fingerprint: those of a stored value are in a variable of the repository.
 *
 * @param credential in clear
 */
export function takeFingerprint(credential: string): Fingerprint {
  const salt = randomBytes(16).toString('hex');
  return { salt, hash: hashOf(credential, salt).toString('hex') };
}

/** Whether a fingerprint was taken of this credential. */
export function fits({ salt, hash }: Fingerprint, credential: string): boolean {
  const own = hashOf(credential, salt);
  const wanted = Buffer.from(hash, 'hex');
  return own.length === wanted.length && timingSafeEqual(own, wanted);
}

function hashOf(credential: string, salt: string): Buffer {
  return createHmac('sha256', Buffer.from(salt, 'hex')).update(credential, 'utf8').digest();
}
