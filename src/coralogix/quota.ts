import type { CallErrorFacts } from './transport.ts';

/**
 * Words of a limit on the number of keys. What the service says then is assumed: its documents know
 * no such limit ("unlimited"), and no client shows one. Missed, it is waited for within the budget
 * and told as a rate limit, with the service's words. So the words are to be narrow, not many.
 */
const quota =
  /\bquota\b|\b(?:limit|max|maximum|number|too many|more than)\b.*\bkeys\b|\bkeys\b.*\b(?:limit|max|maximum)\b/iu;

/** Words of a limit on requests, which passes. They hold also where a quota is named for it. */
const rate =
  /\brequests?\b|\brates?\b|\bcalls?\b|\bper[ -]?(?:second|minute|hour|day)\b|\bthrottl|\bslow\b|\bretry\b|\btry\b|\bwait\b/iu;

/**
 * Whether a Create was refused because there are as many keys as the service allows.
 *
 * @param facts what is known of the Create that failed
 */
export function isKeyQuota({
  cause,
  status,
  text,
  remarks,
  retryAfterMs,
}: CallErrorFacts): boolean {
  if (cause !== 'status' || status !== 'RESOURCE_EXHAUSTED') return false;
  // Who says how long to wait says that it passes.
  if (retryAfterMs !== undefined) return false;
  const words = [text, ...remarks].join(' ').replaceAll('_', ' ');
  return quota.test(words) && !rate.test(words);
}
