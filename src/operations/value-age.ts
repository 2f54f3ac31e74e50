import { durationText } from '../core/duration.ts';
import type { Key } from '../core/ports.ts';
import { quote } from '../core/text.ts';
import type { EnsureRequest } from './ensure-request.ts';
import type { Ports } from './operation.ts';
import type { SecretState } from './stored-value.ts';

/** Whether the value was stored longer ago than the workflow wants. */
export function isTooOld(
  { name, maxAgeMs, dryRun }: EnsureRequest,
  secret: SecretState,
  key: Key,
  { clock, log }: Ports,
): boolean {
  const age = ageOf(secret, key, clock.now());
  if (maxAgeMs === undefined || age === undefined || age <= maxAgeMs) return false;
  log.notice(
    `The value of the key ${quote(name)} (${key.id}) was stored on ${dayOf(clock.now() - age)}, and \`max_age\` is ${durationText(maxAgeMs)}: so ${dryRun ? 'it would be' : 'it is'} rotated.`,
    'rotated for its age',
  );
  return true;
}

/** How old the value is that the secret holds, by its record; undefined when nobody knows. */
function ageOf(secret: SecretState, key: Key, nowMs: number): number | undefined {
  if (secret.state !== 'exists' || secret.record.state !== 'read') return undefined;
  const { entry, previous } = secret.record.record;
  const held = [entry, previous].find((each) => each?.keyId === key.id);
  return held === undefined ? undefined : nowMs - held.sinceMs;
}

/** The day of a moment, in UTC. */
export function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
