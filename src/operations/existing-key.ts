import type { Key, PendingKey } from '../core/ports.ts';
import type { Secret } from '../core/secret.ts';
import { quote } from '../core/text.ts';
import type { Classified } from './classify.ts';
import type { In } from './election-state.ts';
import type { EnsureRequest } from './ensure-request.ts';
import { secretPlace } from './github-secret.ts';
import type { Outcome, Ports } from './operation.ts';
import { sweepAbandoned } from './sweep.ts';
import { dayOf } from './value-age.ts';
import type { Proof } from './verifier.ts';
import { told } from './verify.ts';

/** A key that exists before this run, and what the outcome says of one that is used as it is. */

/** A key that exists, and what else is known of its name. */
export interface Existing extends Pick<In<'yielded'>, 'existing' | 'seen'> {
  /** What this run has left under provisional names. */
  readonly pending: readonly PendingKey[];
  /** Whether another run made it while this one wanted to. */
  readonly isNew: boolean;
}

/** What every key that is used as it is has in common. */
export function using(
  request: EnsureRequest,
  key: Key,
  { seen, ports }: { readonly seen: Classified; readonly ports: Ports },
): Outcome {
  return {
    sentence: `The key ${quote(request.name)} exists (${key.id}).`,
    gist: 'exists',
    key,
    created: false,
    changed: false,
    keyIds: [key.id],
    finish: async () => {
      if (!request.dryRun) await sweepAbandoned(seen.abandoned, ports);
    },
  };
}

/** An outcome with a value, and with the proof that it works. */
export function withValue(outcome: Outcome, value: Secret, proof: Proof | undefined): Outcome {
  return {
    ...outcome,
    sentence: `${outcome.sentence}${told(proof)}`,
    gist: 'exists, and its value is handed out',
    value,
    ...(proof === undefined ? {} : { proof }),
  };
}

/** That this step needs no value, as the secret has it. */
export function kept(
  { secret }: EnsureRequest,
  sinceMs: number,
): Pick<Outcome, 'gist'> & Pick<Outcome, 'valuePlace'> {
  const gist = 'exists, and its value is kept';
  return secret === undefined
    ? { gist }
    : { gist, valuePlace: { kind: 'secret', secret, sinceMs } };
}

export function keptSentence(
  { name, secret, verify }: EnsureRequest,
  { id }: Key,
  sinceMs: number,
): string {
  const where = secret === undefined ? 'kept' : `kept as ${secretPlace(secret)}`;
  return `The key ${quote(name)} exists (${id}). Its value is ${where}, since ${dayOf(sinceMs)}.${verify ? ' `verify` has nothing to try, as this step does not have it: pass it in as `stored_value`.' : ''}`;
}

export function warnOfHashing({ name }: EnsureRequest, key: Key, { log }: Ports): void {
  log.warning(
    `The key ${quote(name)} exists (${key.id}) and is not stored hashed: \`hashed\` counts when a key is made. Use \`rotate\` to have another one.`,
    'not stored hashed',
  );
}
