import type { Key } from '../core/ports.ts';
import type { Secret } from '../core/secret.ts';
import { quote } from '../core/text.ts';
import { placed } from './created.ts';
import { warnOfDuplicates } from './election.ts';
import { asRotation, type EnsureRequest } from './ensure-request.ts';
import {
  kept,
  keptSentence,
  using,
  warnOfHashing,
  withValue,
  type Existing,
} from './existing-key.ts';
import { announce, lookAtSecret, secretPlace, storePlan, storeSecret } from './github-secret.ts';
import { withoutValue, type WithoutValue } from './lost-value.ts';
import type { Outcome, Ports } from './operation.ts';
import { replaceKeys } from './rotate.ts';
import { judge, lostTo } from './stored-value.ts';
import { sweepAbandoned } from './sweep.ts';
import { isTooOld } from './value-age.ts';
import type { Proof } from './verifier.ts';

/** Uses a key that exists. What crashed runs left is swept also where that fails. */
export async function adopt(
  request: EnsureRequest,
  found: Existing,
  ports: Ports,
): Promise<Outcome> {
  try {
    return await useExisting(request, found, ports);
  } catch (thrown) {
    if (!request.dryRun) await sweepAbandoned(found.seen.abandoned, ports);
    throw thrown;
  }
}

async function useExisting(
  request: EnsureRequest,
  found: Existing,
  ports: Ports,
): Promise<Outcome> {
  const { existing, seen, pending } = found;
  const active = [existing, ...seen.active.filter(({ id }) => id !== existing.id)] as const;
  if (active.length > 1) {
    warnOfDuplicates(
      request.name,
      active.map(({ id }) => id),
      ports.log,
    );
  }
  if (existing.value !== undefined) return useDisclosed(request, existing, found, ports);
  const secret = await lookAtSecret(request.secret, ports.github);
  const nowMs = ports.clock.now();
  const { inactive } = seen;
  const facts = { active, inactive, passed: request.storedValue, secret, nowMs };
  const judged = judge({ ...facts, seesSecrets: ports.seesSecrets() });
  switch (judged.kind) {
    case 'failed':
    case 'refused':
    case 'lost':
      return withoutValue(request, judged, found, ports);
    case 'known':
    case 'kept':
      break;
  }
  if (isTooOld(request, secret, judged.key, ports)) {
    return replaceKeys(asRotation(request), ports, pending);
  }
  if (request.hashed && !judged.key.hashed) warnOfHashing(request, judged.key, ports);
  const outcome = using(request, judged.key, { seen, ports });
  if (judged.kind === 'kept') {
    return {
      ...outcome,
      ...kept(request, judged.sinceMs),
      sentence: keptSentence(request, judged.key, judged.sinceMs),
    };
  }
  const tried = await tryValue(request, judged.key, judged.value, ports);
  return 'judged' in tried
    ? withoutValue(request, tried.judged, found, ports)
    : withValue(outcome, judged.value, tried.proof);
}

/**
 * Tries a value that is to be handed out, where that is asked for. One that the ingestion does not know is
 * lost; of one that could not be tried nobody knows.
 */
async function tryValue(
  request: EnsureRequest,
  key: Key,
  value: Secret,
  ports: Ports,
): Promise<{ readonly proof: Proof | undefined } | { readonly judged: WithoutValue }> {
  if (!request.verify || request.dryRun) return { proof: undefined };
  const trial = await ports.verifier.prove(value);
  switch (trial.kind) {
    case 'proven':
      return trial;
    case 'unproven':
      throw trial.why.with({
        sentence: `So the value of the key ${quote(request.name)} (${key.id}) is not proven to work; nothing was changed.`,
        keyIds: [key.id],
      });
    case 'unknown_key': {
      const why = `What is known as its value does not work. ${trial.why.message}`;
      return { judged: lostTo({ seesSecrets: ports.seesSecrets() }, { key, why }) };
    }
  }
}

/** A value that a read discloses is a bonus: it is stored only where no secret is. */
async function useDisclosed(
  request: EnsureRequest,
  key: Key,
  existing: Existing,
  ports: Ports,
): Promise<Outcome> {
  const { seen, pending } = existing;
  const { id, name, value } = key;
  const outcome = using(request, key, { seen, ports });
  if (request.hashed && !key.hashed) warnOfHashing(request, key, ports);
  if (value === undefined) return outcome;
  const found = await lookAtSecret(request.secret, ports.github);
  if (found.state === 'invisible') throw found.why;
  if (isTooOld(request, found, key, ports)) {
    return replaceKeys(asRotation(request), ports, pending);
  }
  const tried = await tryValue(request, key, value, ports);
  if ('judged' in tried) return withoutValue(request, tried.judged, existing, ports);
  const isAlone = seen.active.length === 1;
  const willStore = found.state === 'missing' && isAlone;
  // A rotation may have stored the value of another of them, and be about to retire this one.
  if (!isAlone && request.secret !== undefined) {
    ports.log.info(
      `So ${secretPlace(request.secret)} is left as it is: it may hold the value of either.`,
    );
  }
  if (willStore && !request.dryRun) {
    await storeSecret(await announce({ id, name, value }, request.secret, [], ports), value, ports);
  }
  const plan = request.dryRun && willStore ? storePlan(request) : '';
  return withValue(
    {
      ...outcome,
      ...(willStore ? placed(request) : {}),
      sentence: `${outcome.sentence}${plan}`,
    },
    value,
    tried.proof,
  );
}
