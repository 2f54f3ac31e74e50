import type { CreatedKey } from '../core/ports.ts';
import type { CreateOptions, Lifetime } from './create-options.ts';
import { quote } from '../core/text.ts';
import { endOf, isoMoment, plainMoment } from '../names/stamp.ts';
import { storePlan } from './github-secret.ts';
import type { KeyFacts, Outcome } from './operation.ts';
import { undoing, type RevokeContext } from './revoke.ts';
import type { Proof } from './verifier.ts';
import { told } from './verify.ts';

/** What `create` and `ensure` have in common. */
export type Creating = CreateOptions & { readonly lifetime: Lifetime };

/**
 * What `create` and `ensure` say of a key that they made.
 *
 * @param made    the key, which bears its name
 * @param proof   that it works, where that was asked for
 * @param context what was asked, and the world
 * @param why     why it was made, where that was not asked for in so many words
 */
export function created(
  made: CreatedKey,
  proof: Proof | undefined,
  context: RevokeContext & { readonly request: Creating },
  why = '',
): Outcome {
  const { request } = context;
  return {
    sentence: `Created the key ${quote(request.name)} (${made.id})${fate(request)}.${why}${told(proof)}`,
    gist: `made${fateInShort(request)}`,
    key: factsOf(made, request),
    value: made.value,
    ...placed(request),
    ...(proof === undefined ? {} : { proof }),
    created: true,
    changed: true,
    keyIds: [made.id],
    undo: undoing(made, context),
  };
}

/** What is said of a key that was just made, or would be in a dry run: then without its id. */
export function factsOf(
  { id }: Pick<CreatedKey, 'id'>,
  { name, hashed, accessPolicy }: Pick<CreateOptions, 'name' | 'hashed' | 'accessPolicy'>,
): KeyFacts {
  return { id, name, active: true, hashed, accessPolicy };
}

/** A key that a dry run does not make: its id is blank. */
export const unmade = { id: '' } as const;

/** What they say of it in a dry run. */
export function wouldCreate(request: Creating, remark = ''): Outcome {
  return {
    sentence: `Would create the key ${quote(request.name)}${fate(request)}.${storePlan(request)}${remark}`,
    gist: `would be made${fateInShort(request)}`,
    key: factsOf(unmade, request),
    ...placed(request),
    created: false,
    changed: true,
    keyIds: [],
  };
}

/** Where the value of a key that is made is stored, if it is. */
export function placed({ secret }: Pick<CreateOptions, 'secret'>): Pick<Outcome, 'valuePlace'> {
  return secret === undefined ? {} : { valuePlace: { kind: 'secret', secret } };
}

/** {@link fate} for a headline. */
function fateInShort({ name, lifetime }: Creating): string {
  if (lifetime === 'job') return '; it ends with this job';
  const end = endOf(name);
  return end === undefined ? '' : `; it ends on ${plainMoment(end)}`;
}

function fate({ name, lifetime }: Creating): string {
  const withJob = lifetime === 'job' ? ', which ends with this job' : '';
  const end = endOf(name);
  if (end === undefined) return withJob;
  const moment = isoMoment(end);
  return withJob === ''
    ? `, which \`prune\` retires after ${moment}`
    : `${withJob}, or else by a \`prune\` after ${moment}`;
}
