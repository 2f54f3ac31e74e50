import { setSecret } from '@actions/core';
import { conceal } from '../core/redaction.ts';

/**
 * Masks a credential in everything that the job prints from now on. The runner masks each line of
 * it, and its usual encodings, too; what this step quotes of others is cleared of it by `redact`.
 *
 * @param value the credential in clear; an empty one is passed over, as the runner warns about it
 */
export function mask(value: string): void {
  // Whoever uses a value with a blank at its end may well print it without.
  for (const form of [value, value.trim()]) {
    if (form.trim() !== '' && conceal(form)) setSecret(form);
  }
}
