import { setSecret } from '@actions/core';

const masked = new Set<string>();

/**
 * Masks a credential in everything that the job prints from now on. The runner masks each line of
 * it, and its usual encodings, too.
 *
 * @param value the credential in clear; an empty one is passed over, as the runner warns about it
 */
export function mask(value: string): void {
  if (value === '' || masked.has(value)) return;
  masked.add(value);
  setSecret(value);
}
