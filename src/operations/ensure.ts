import { Failure } from '../failure.ts';
import type { Key, MadeKey } from '../ports.ts';
import type { EnsureRequest } from '../request.ts';
import type { Secret } from '../secret.ts';
import { quote } from '../text.ts';
import { settleName, warnOfDuplicates } from './election.ts';
import { checkSecret, storeSecret, takeBack } from './hand-out.ts';
import type { Operation, Outcome, Ports } from './operation.ts';
import { rotate } from './rotate.ts';
import { survey, type Survey } from './survey.ts';
import { sweepAbandoned } from './sweep.ts';

/**
 * Exactly one active key with this name.
 *
 * A key that exists is used: one RPC. Otherwise each run makes a key under a provisional name, lets
 * the others show up, and of all that did, the one with the smallest id gets the name. The rest
 * take back what they made, wait, and use that one. A name that exists is therefore settled for
 * good, and whoever reads it may use it at once. A run that finds others at work when it starts
 * makes nothing and waits for them. What dies on the way is waited for only so long; then all who
 * waited begin anew.
 */
export const ensure: Operation<EnsureRequest> = async (request, ports) => {
  const first = survey(await ports.keys.list(), request, ports.clock.now());
  const existing = first.active[0];
  if (existing !== undefined) return adopt(request, existing, first, ports);
  if (request.dryRun) return wouldCreate(request, first);
  await checkSecret(request, ports);
  const settled = await settleName(request, ports, first);
  return 'made' in settled
    ? handOut(request, settled.made, ports)
    : adopt(request, settled.existing, settled.seen, ports);
};

async function handOut(request: EnsureRequest, made: MadeKey, ports: Ports): Promise<Outcome> {
  try {
    await storeSecret(request.secret, made.value, ports);
  } catch (thrown) {
    throw await takeBack(made, thrown, request, ports);
  }
  return {
    sentence: `Created the key ${quote(request.name)} (${made.id}).`,
    key: { id: made.id, name: request.name, active: true, hashed: request.hashed },
    value: made.value,
    created: true,
    changed: true,
    keyIds: [made.id],
    undo: (failure) => takeBack(made, failure, request, ports),
  };
}

/** Uses a key that exists. */
async function adopt(
  request: EnsureRequest,
  key: Key,
  seen: Survey,
  ports: Ports,
): Promise<Outcome> {
  if (seen.active.length > 1) {
    warnOfDuplicates(
      request.name,
      seen.active.map(({ id }) => id),
      ports.log,
    );
  }
  if (!request.dryRun) await sweepAbandoned(seen.abandoned, ports);
  if (key.value === undefined && request.onExisting !== 'reuse')
    return replace(request, key, ports);
  const value = key.value ?? warnOfHidden(request, key, ports);
  if (value !== undefined && !request.dryRun) await storeSecret(request.secret, value, ports);
  return {
    sentence: `The key ${quote(request.name)} exists (${key.id}).`,
    key,
    ...(value === undefined ? {} : { value }),
    created: false,
    changed: false,
    keyIds: [key.id],
  };
}

/** The value of an existing key cannot be read, and reusing it without is not what is wanted. */
function replace(request: EnsureRequest, key: Key, ports: Ports): Promise<Outcome> {
  if (request.onExisting === 'rotate') {
    return rotate({ ...request, operation: 'rotate', retireWhen: 'job_succeeds' }, ports);
  }
  throw new Failure(
    'value_hidden',
    `The key ${quote(request.name)} exists (${key.id}), and the service does not disclose its value.`,
    {
      hint: 'Use the value that was stored when the key was made, set `on_existing: rotate` to have a new key made, or `on_existing: reuse` to go on without the value.',
      keyIds: [key.id],
    },
  );
}

function warnOfHidden(request: EnsureRequest, key: Key, { log }: Ports): Secret | undefined {
  const stored = request.secret === undefined ? '' : ' Nothing was stored as a secret, either.';
  log.warning(
    `The key ${quote(request.name)} exists (${key.id}), and the service does not disclose its value: the output \`value\` is empty.${stored} See \`on_existing\`.`,
  );
  return undefined;
}

function wouldCreate(request: EnsureRequest, seen: Survey): Outcome {
  const others = seen.underWay.length > 0 ? ' Another run seems to be making it just now.' : '';
  return {
    sentence: `Would create the key ${quote(request.name)}.${others}`,
    created: false,
    changed: true,
    keyIds: [],
  };
}
