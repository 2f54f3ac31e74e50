import { createHash } from 'node:crypto';

/**
 * What a key is recognised by where its value must not be kept. No salt: a value is random, and long
 * enough that nobody finds it by trying.
 *
 * @param value a key's value, or what somebody takes for one
 * @returns SHA-256, in hexadecimal
 */
export function hashOfValue(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
