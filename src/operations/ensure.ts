import { Failure } from '../core/failure.ts';
import type { Key, PendingKey } from '../core/ports.ts';
import { durationText } from '../core/duration.ts';
import { all, ok, wrong, type Result } from '../core/result.ts';
import { Secret } from '../core/secret.ts';
import { quote, unquoted } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import {
  readCreateOptions,
  readLifetime,
  type CreateOptions,
  type Lifetime,
} from './create-options.ts';
import { created, placed, wouldCreate } from './created.ts';
import type { In } from './election-state.ts';
import { electKey, warnOfDuplicates, type Elected } from './election.ts';
import { findNamed } from './find.ts';
import {
  announce,
  checkSecret,
  lookAtRecord,
  lookAtSecret,
  secretPlace,
  storePlan,
  storeSecret,
} from './github-secret.ts';
import type { Operation, Outcome, Ports } from './operation.ts';
import { tellPassedOver } from './ownership.ts';
import { listForName } from './read-permissions.ts';
import { revoke, type RevokeContext } from './revoke.ts';
import { replaceKeys, type RotateRequest } from './rotate.ts';
import { classify, type Classified } from './classify.ts';
import {
  judge,
  lostTo,
  type Judgement,
  type PassedValue,
  type SecretState,
} from './stored-value.ts';
import { sweepAbandoned } from './sweep.ts';
import type { Proof } from './verifier.ts';
import { told } from './verify.ts';

/** What to do about a key whose value is surely not to be had any more. */
export type IfValueLost = 'fail' | 'rotate' | 'ignore';

/** Exactly one active key with this name, whose value is where it is needed. */
export interface EnsureRequest extends CreateOptions {
  readonly operation: 'ensure';
  readonly lifetime: Lifetime;
  readonly storedValue: PassedValue;
  readonly ifValueLost: IfValueLost;
  /** A key whose value was stored longer ago is rotated, in milliseconds; undefined: never. */
  readonly maxAgeMs: number | undefined;
  /** How long a rotation leaves the previous keys active after the job has succeeded, in milliseconds. */
  readonly graceMs: number | undefined;
}

/** @param inputs the step's inputs */
export function readEnsure(inputs: Inputs): Result<EnsureRequest> {
  const read = all({
    options: readCreateOptions('ensure', inputs),
    lifetime: readLifetime(inputs),
    storedValue: readStoredValue(inputs),
    ifValueLost: inputs.choice('if_value_lost', ['fail', 'rotate', 'ignore']),
    maxAgeMs: readMaxAge(inputs),
    graceMs: inputs.duration('grace_period'),
    contradiction: checkLifetime(inputs),
  });
  if (!read.ok) return read;
  const { options, lifetime, storedValue, ifValueLost, maxAgeMs, graceMs } = read.value;
  return ok({
    ...{ operation: 'ensure', ...options, lifetime, storedValue, ifValueLost, maxAgeMs, graceMs },
  });
}

/** What a secret, or another step, gives back. No message quotes it. */
function readStoredValue(inputs: Inputs): Result<PassedValue> {
  const text = inputs.textOrBlank('stored_value');
  if (text === undefined) return ok({ isPassed: false });
  if (/[\r\n]/u.test(text)) {
    return wrong('`stored_value` holds a line break: it must be one line, the value alone.');
  }
  const value = unquoted(text);
  return ok({ isPassed: true, value: value === '' ? undefined : new Secret(value) });
}

function readMaxAge(inputs: Inputs): Result<number | undefined> {
  const age = inputs.duration('max_age');
  if (!age.ok || age.value === undefined) return age;
  return inputs.text('secret_name') === undefined
    ? wrong('`max_age` is given without `secret_name`: the record of the secret tells its age.')
    : age;
}

function checkLifetime(inputs: Inputs): Result<undefined> {
  // The old key would go with the job's success, and the new one with its end.
  return inputs.text('lifetime') === 'job' && inputs.text('if_value_lost') === 'rotate'
    ? wrong(
        '`lifetime: job` and `if_value_lost: rotate` contradict each other: the new key would replace the old one and end with the job, and no key would be left. Use another `name` for the job.',
      )
    : ok(undefined);
}

/**
 * Exactly one active key with this name.
 *
 * A key that exists is used: one RPC. Otherwise each run makes a key under a provisional name, lets
 * the others show up, and of all that did, the one with the smallest id gets the name. The rest
 * delete what they made, wait, and use that one. A name that exists therefore belongs to its key for
 * good, and whoever reads it may use it at once. A run that finds others at work when it starts
 * makes nothing and waits for them. What dies on the way is waited for only so long; then all who
 * waited begin anew.
 */
export const ensure: Operation<EnsureRequest> = async (request, ports) => {
  const all = await listForName(request.name, ports);
  tellPassedOver(findNamed(all, request).others, `named ${quote(request.name)}`, ports.log);
  const first = classify(all, request, ports.clock.now());
  const existing = first.active[0];
  if (existing !== undefined) {
    return adopt(request, { existing, seen: first, pending: [], isNew: false }, ports);
  }
  await checkSecret(request, ports);
  await checkReplaceable(request, ports);
  if (request.dryRun) {
    const isMade = first.underWay.length > 0;
    const why = ' There is no active key of that name yet.';
    return wouldCreate(
      request,
      isMade ? `${why} Another run seems to be making it just now.` : why,
    );
  }
  const { result, announced, proof, transaction } = await electKey(request, ports, first);
  return result.state === 'named'
    ? deliver(request, { ...result, announced, proof }, { transaction, ports })
    : adopt(request, { ...result, pending: transaction.pending, isNew: true }, ports);
};

/** A secret that was stored by hand is not replaced, though no key bears the name. */
async function checkReplaceable({ name, secret }: EnsureRequest, { github }: Ports): Promise<void> {
  if (secret === undefined || (await github.findSecret(secret)).state !== 'exists') return;
  const record = await lookAtRecord(secret, github);
  if (record.state === 'read') return;
  if (record.state === 'invisible') throw record.why;
  const what =
    record.state === 'missing'
      ? 'it has no record, so it was stored by hand'
      : `its record ${record.problem}`;
  throw new Failure(
    'unsafe',
    `No active key is named ${quote(name)}, but ${secretPlace(secret)} is there, and ${what}: it is not replaced. No key was made.`,
    {
      hint: 'Delete the secret, or choose another `secret_name`; or run `rotate`, which replaces it.',
    },
  );
}

/** Stores the value of the key that this run made, where that is wanted, and reports it. */
async function deliver(
  request: EnsureRequest,
  { own: made, seen, announced, proof }: In<'named'> & Pick<Elected, 'announced' | 'proof'>,
  { transaction, ports }: Pick<RevokeContext, 'transaction' | 'ports'>,
): Promise<Outcome> {
  const context = { request, ports, transaction };
  try {
    await storeSecret(announced, made.value, ports);
  } catch (thrown) {
    throw await revoke(made, thrown, context);
  }
  return {
    ...created(made, proof, context, ' There was no active key of that name before.'),
    finish: async () => {
      await sweepAbandoned(seen.abandoned, ports);
    },
  };
}

/** A key that exists, and what else is known of its name. */
interface Existing extends Pick<In<'yielded'>, 'existing' | 'seen'> {
  /** What this run has left under provisional names. */
  readonly pending: readonly PendingKey[];
  /** Whether another run made it while this one wanted to. */
  readonly isNew: boolean;
}

/** Uses a key that exists. What crashed runs left is swept also where that fails. */
async function adopt(request: EnsureRequest, found: Existing, ports: Ports): Promise<Outcome> {
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
  const facts = { active, passed: request.storedValue, secret, nowMs };
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

/** Why a value is not to be had. */
type WithoutValue = Exclude<Judgement, { readonly kind: 'known' | 'kept' }>;

/** The value is not there: nobody can say why without guessing, or it is lost. */
async function withoutValue(
  request: EnsureRequest,
  judged: WithoutValue,
  found: Existing,
  ports: Ports,
): Promise<Outcome> {
  switch (judged.kind) {
    case 'failed':
      throw judged.failure.with({ keyIds: [judged.key.id] });
    case 'refused':
      throw valueHidden(request, judged.key, judged.why, judged.hint);
    case 'lost':
      return resolveLost(request, judged, found, ports);
  }
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

/** An outcome with a value, and with the proof that it works. */
function withValue(outcome: Outcome, value: Secret, proof: Proof | undefined): Outcome {
  return {
    ...outcome,
    sentence: `${outcome.sentence}${told(proof)}`,
    gist: 'exists, and its value is handed out',
    value,
    ...(proof === undefined ? {} : { proof }),
  };
}

/** What every key that is used as it is has in common. */
function using(
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

/** That this step needs no value, as the secret has it. */
function kept(
  { secret }: EnsureRequest,
  sinceMs: number,
): Pick<Outcome, 'gist'> & Pick<Outcome, 'valuePlace'> {
  const gist = 'exists, and its value is kept';
  return secret === undefined
    ? { gist }
    : { gist, valuePlace: { kind: 'secret', secret, sinceMs } };
}

function keptSentence(
  { name, secret, verify }: EnsureRequest,
  { id }: Key,
  sinceMs: number,
): string {
  const where = secret === undefined ? 'kept' : `kept as ${secretPlace(secret)}`;
  return `The key ${quote(name)} exists (${id}). Its value is ${where}, since ${dayOf(sinceMs)}.${verify ? ' `verify` has nothing to try, as this step does not have it: pass it in as `stored_value`.' : ''}`;
}

function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** Whether the value was stored longer ago than the workflow wants. */
function isTooOld(
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

/** The value is nowhere to be had: what the workflow wants then. */
async function resolveLost(
  request: EnsureRequest,
  { key, why }: { readonly key: Key; readonly why: string },
  { isNew, seen, pending }: Existing,
  ports: Ports,
): Promise<Outcome> {
  if (isNew) {
    throw valueHidden(
      request,
      key,
      'Another run has just made it, and has its value.',
      'Run the job again when that one has ended. In a matrix, make the key in a job of its own that the others `need`.',
    );
  }
  switch (request.ifValueLost) {
    case 'fail':
      throw valueHidden(request, key, why, lostHint(request));
    case 'rotate':
      ports.log.notice(
        `${why} So a new key ${request.dryRun ? 'would be' : 'is'} made, as \`if_value_lost\` says.`,
        'rotated for its lost value',
      );
      return replaceKeys(asRotation(request), ports, pending);
    case 'ignore':
      ports.log.warning(
        `${why} The output \`value\` is empty, as \`if_value_lost\` says.`,
        'empty value',
      );
      return {
        ...using(request, key, { seen, ports }),
        gist: 'exists, and its value is lost',
        needsLook: true,
        valuePlace: { kind: 'unknown', why: 'lost, which `if_value_lost: ignore` lets pass' },
      };
  }
}

function lostHint({ secret, storedValue }: EnsureRequest): string {
  const passed = storedValue.isPassed
    ? ''
    : ' If it is kept somewhere, pass it in: `stored_value: ${{ secrets.NAME }}`.';
  const kept = secret === undefined ? ' To have it kept from now on, give `secret_name`, too.' : '';
  return `To have a new key made, add \`if_value_lost: rotate\`; to go on without the value, \`if_value_lost: ignore\`.${passed}${kept}`;
}

function asRotation({ hashed, ...options }: EnsureRequest): RotateRequest {
  return {
    ...options,
    operation: 'rotate',
    retireWhen: 'job_succeeds',
    // Not asked for: as the key before.
    hashed: hashed ? true : undefined,
  };
}

function valueHidden({ name }: EnsureRequest, { id }: Key, why: string, hint: string): Failure {
  return new Failure('value_hidden', `The key ${quote(name)} exists (${id}). ${why}`, {
    hint,
    keyIds: [id],
  });
}

function warnOfHashing({ name }: EnsureRequest, key: Key, { log }: Ports): void {
  log.warning(
    `The key ${quote(name)} exists (${key.id}) and is not stored hashed: \`hashed\` counts when a key is made. Use \`rotate\` to have another one.`,
    'not stored hashed',
  );
}
