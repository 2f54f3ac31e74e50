import { Failure } from '../core/failure.ts';
import type { Key } from '../core/ports.ts';
import { quote } from '../core/text.ts';
import { asRotation, type EnsureRequest } from './ensure-request.ts';
import { using, type Existing } from './existing-key.ts';
import type { Outcome, Ports } from './operation.ts';
import { replaceKeys } from './rotate.ts';
import type { Judgement } from './stored-value.ts';

/** What `ensure` does about a key that exists, and whose value it cannot hand out. */

/** Why a value is not to be had. */
export type WithoutValue = Exclude<Judgement, { readonly kind: 'known' | 'kept' }>;

/** The value is not there: nobody can say why without guessing, or it is lost. */
export async function withoutValue(
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

/** The value is nowhere to be had: what the workflow wants then. */
async function resolveLost(
  request: EnsureRequest,
  lost: Extract<Judgement, { readonly kind: 'lost' }>,
  { isNew, seen, pending }: Existing,
  ports: Ports,
): Promise<Outcome> {
  const { key, why } = lost;
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
      tellWhereToKeep(request, ports.log);
      return replaceKeys(asRotation(request), ports, pending);
    case 'ignore':
      tellIgnored(lost, ports.log);
      return {
        ...using(request, key, { seen, ports }),
        gist: 'exists, and its value is lost',
        needsLook: true,
        valuePlace: { kind: 'unknown', why: 'lost, which `if_value_lost: ignore` lets pass' },
      };
  }
}

/**
 * Who keeps the value nowhere gets an empty one in every run but the first, and has asked for that: no run
 * needs a warning of it. Where a place was named, and the value is not there, something went wrong.
 */
function tellIgnored(
  { why, isKeptNowhere = false }: Extract<Judgement, { readonly kind: 'lost' }>,
  log: Ports['log'],
): void {
  const message = `${why} The output \`value\` is empty, as \`if_value_lost\` says.`;
  if (isKeptNowhere) log.info(message);
  else log.warning(message, 'empty value');
}

/**
 * A step that is about to make a key was passed a blank value, and names no secret: in the first run that
 * is well where the value is kept elsewhere. It also comes of a misspelt `secret_name`, of which GitHub
 * says no more than "Unexpected input(s)".
 */
export function tellWhereToKeep(
  { storedValue, secret, lifetime }: EnsureRequest,
  log: Ports['log'],
): void {
  const isBlank = storedValue.isPassed && storedValue.value === undefined;
  if (!isBlank || secret !== undefined || lifetime === 'job') return;
  log.info(
    '`stored_value` is blank, and `secret_name` is not given: the next run does not find the value of a new key, unless the workflow itself keeps the output `value`. If the step does say where to store it, look for a misspelt `secret_name`.',
  );
}

function lostHint({ secret, storedValue }: EnsureRequest): string {
  const passed = storedValue.isPassed
    ? ''
    : ' If it is kept somewhere, pass it in: `stored_value: ${{ secrets.NAME }}`.';
  const kept = secret === undefined ? ' To have it kept from now on, give `secret_name`, too.' : '';
  return `To have a new key made, add \`if_value_lost: rotate\`; to go on without the value, \`if_value_lost: ignore\`.${passed}${kept}`;
}

function valueHidden({ name }: EnsureRequest, { id }: Key, why: string, hint: string): Failure {
  return new Failure('value_hidden', `The key ${quote(name)} exists (${id}). ${why}`, {
    hint,
    keyIds: [id],
  });
}
