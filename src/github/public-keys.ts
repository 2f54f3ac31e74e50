import { Failure, type Effect } from '../core/failure.ts';
import { textAt } from '../core/json-path.ts';
import { refusal } from './failure.ts';
import { hintsFor, type Place } from './place.ts';
import { httpStatus, type Answer, type Rest, type RestRequest } from './rest.ts';

/** A repository's or an environment's key, for which secrets are encrypted. */
export interface PublicKey {
  readonly id: string;
  /** 32 bytes. */
  readonly bytes: Uint8Array;
  /** Which scopes a classic token has, in GitHub's words; undefined for tokens that have none. */
  readonly scopes: string | undefined;
}

/** The public keys of places. Each is read once, until it is renewed. */
export interface PublicKeys {
  /**
   * @param purpose what it is read for
   * @param earlier what requests for that purpose may have done before
   * @throws Failure `github`, or `outcome_unknown` after what may have been done before
   */
  of(place: Place, purpose: string, earlier: Effect): Promise<PublicKey>;
  /** Whether the token may read it; else why not. Throws when nobody knows. */
  isReadable(place: Place, purpose: string): Promise<true | Failure>;
  /** Reads it anew the next time. */
  renew(place: Place): void;
}

/** An answer about a secret is a key of 32 bytes, or a few words. */
export const mostSecretAnswerBytes = 64 * 1024;

/**
 * Makes the reader of keys.
 *
 * @param rest how to ask
 */
export function createPublicKeys(rest: Rest): PublicKeys {
  const known = new Map<string, PublicKey>();

  function read(place: Place, answer: Answer): PublicKey {
    const { body, headers, request, effect } = answer;
    const id = textAt(body, 'key_id');
    const bytes = Buffer.from(textAt(body, 'key') ?? '', 'base64');
    if (id === undefined || bytes.length !== 32) {
      throw new Failure(
        effect === 'none' ? 'github' : 'outcome_unknown',
        `GitHub's public key makes no sense when asked to ${request.purpose}.`,
        { effect },
      );
    }
    const key = { id, bytes, scopes: headers['x-oauth-scopes'] };
    known.set(place.id, key);
    return key;
  }

  return {
    async of(place, purpose, earlier) {
      const key = known.get(place.id);
      if (key !== undefined) return key;
      return read(place, await rest({ ...requestFor(place, purpose), earlier }));
    },
    async isReadable(place, purpose) {
      if (known.has(place.id)) return true;
      const request = requestFor(place, purpose);
      const { ok, forbidden, notFound } = httpStatus;
      const answer = await rest({ ...request, expected: [ok, forbidden, notFound] });
      if (answer.status !== httpStatus.ok) return refusal(answer);
      read(place, answer);
      return true;
    },
    renew(place) {
      known.delete(place.id);
    },
  };
}

function requestFor(place: Place, purpose: string): RestRequest {
  return {
    purpose,
    method: 'GET',
    path: `${place.path}/secrets/public-key`,
    parameters: place.parameters,
    expected: [httpStatus.ok],
    mostBytes: mostSecretAnswerBytes,
    hints: hintsFor('secrets', place),
  };
}
