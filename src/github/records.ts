import type { Failure, Effect } from '../core/failure.ts';
import { at } from '../core/json-path.ts';
import type { Dated, Lookup, SecretReference } from '../core/ports.ts';
import { lookUp } from './lookup.ts';
import { refusal } from './failure.ts';
import { hintsFor, placeOf, type Place } from './place.ts';
import { httpStatus, type RestRequest } from './rest.ts';
import type { StoreContext } from './secrets.ts';

/**
 * The record beside a secret: a variable of the same place, which says whose value the secret holds. A
 * variable is read by whoever may see the place, so nothing secret goes there.
 */

/** GitHub takes 48 KB as a variable's value, and JSON may write each byte of it as six. */
const mostBytes = 512 * 1024;

/** Reads and writes records. Throws a `Failure` of kind `github`, or `outcome_unknown`. */
export interface RecordStore {
  /** Throws where GitHub says that the token may not read it. */
  check(secret: SecretReference): Promise<void>;
  read(secret: SecretReference): Promise<Lookup<Dated & { readonly text: string }>>;
  /** False where GitHub knows no variables, or shows the token none. */
  write(secret: SecretReference, text: string): Promise<boolean>;
}

/**
 * The variable in which a secret's record stands.
 *
 * @param secretName which secret
 */
function recordName(secretName: string): string {
  return `${secretName}_RECORD`;
}

/**
 * Makes the store. Longer than a screen: three short requests that share one way to be made.
 *
 * @param context how to ask, about which repository
 */
export function createRecordStore({ rest, repository, keys }: StoreContext): RecordStore {
  /** What all requests about a record have in common. */
  function about(verb: string, secret: SecretReference) {
    const place = placeOf(secret, repository);
    const name = recordName(secret.secretName);
    return {
      place,
      name,
      common: {
        purpose: `${verb} the record ${name} of ${place.named}`,
        mostBytes,
        hints: hintsFor('variables', place),
      },
    };
  }

  /**
   * A token that may not read variables is told 403. 404, where the secrets of the place could be read by
   * the same token, is said by a GitHub without variables (GitHub Enterprise Server before 3.8): nothing
   * is kept there.
   */
  async function isReadable(place: Place, common: Common): Promise<true | Failure> {
    const { ok, forbidden, notFound } = httpStatus;
    const answer = await rest({
      ...common,
      method: 'GET',
      path: `${place.path}/variables`,
      parameters: { ...place.parameters, per_page: 1 },
      expected: [ok, forbidden, notFound],
    });
    if (answer.status === notFound) return keys.isReadable(place, common.purpose);
    return answer.status === ok ? true : refusal(answer);
  }

  return {
    async check(secret) {
      const { place, name, common } = about('read', secret);
      await rest({
        ...one(place, name, common),
        method: 'GET',
        expected: [httpStatus.ok, httpStatus.notFound],
      });
    },
    async read(secret) {
      const { place, name, common } = about('read', secret);
      return lookUp({
        rest,
        request: one(place, name, common),
        name,
        read: (body) => {
          const text = at(body, 'value');
          return typeof text === 'string' ? { text } : undefined;
        },
        isReadable: async () => isReadable(place, common),
      });
    },
    async write(secret, text) {
      const { place, name, common } = about('write', secret);
      const { created, noContent, notFound, conflict } = httpStatus;
      const update = async (expected: readonly number[], earlier: Effect) =>
        rest({
          ...one(place, name, common),
          method: 'PATCH',
          parameters: { ...place.parameters, name, value: text },
          expected,
          earlier,
        });
      const updated = await update([noContent, notFound], 'none');
      if (updated.status === noContent) return true;
      const made = await rest({
        ...common,
        method: 'POST',
        path: `${place.path}/variables`,
        parameters: { ...place.parameters, name, value: text },
        expected: [created, conflict, notFound],
        earlier: updated.effect,
      });
      // Another run was faster, or this one, whose answer was lost.
      if (made.status === conflict) await update([noContent], made.effect);
      return made.status !== notFound;
    },
  };
}

type Common = Pick<RestRequest, 'purpose' | 'mostBytes' | 'hints'>;

function one(place: Place, name: string, common: Common): Omit<RestRequest, 'method' | 'expected'> {
  return {
    ...common,
    path: `${place.path}/variables/{name}`,
    parameters: { ...place.parameters, name },
  };
}
