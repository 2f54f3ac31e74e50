import type { Failure } from '../core/failure.ts';
import type { CreatedKey, Key, PendingKey } from '../core/ports.ts';
import type { Classified } from './classify.ts';
import type { ChangeResult } from './consistency.ts';
import type { KeyTransaction } from './key-transaction.ts';

/** Which key has the name now: one that this run made, or one that another run did. */
export type Elected =
  | {
      readonly by: 'this_run';
      readonly made: CreatedKey;
      readonly seen: Classified;
      readonly transaction: KeyTransaction;
    }
  | {
      readonly by: 'another_run';
      readonly existing: Key;
      readonly seen: Classified;
      /** What this run has left under provisional names. */
      readonly pending: readonly PendingKey[];
    };

/** A key of this run, and the list of keys on which it decides. */
interface Candidacy {
  readonly own: CreatedKey;
  readonly seen: Classified;
}

/** Where a run is in the election. */
export type ElectionState =
  /** It has looked, with a key of its own that shows or without one, and decides. */
  | { readonly state: 'deciding'; readonly own: CreatedKey | undefined; readonly seen: Classified }
  /** Nobody is at work: it makes a key. */
  | { readonly state: 'proposing' }
  /** Its key is made, and waits until whoever does not see it can be seen. */
  | { readonly state: 'showing'; readonly own: CreatedKey }
  /** Others are ahead: it gives up its own key, and waits for them. */
  | {
      readonly state: 'waiting';
      readonly own: CreatedKey | undefined;
      readonly rivals: readonly Key[];
    }
  /** Another key has the name: it gives up its own, and uses that one. */
  | {
      readonly state: 'conceding';
      readonly own: CreatedKey | undefined;
      readonly existing: Key;
      readonly seen: Classified;
    }
  /** Its key is first: it gets the name. */
  | ({ readonly state: 'naming' } & Candidacy)
  /** Its key has the name. */
  | ({ readonly state: 'named' } & Candidacy)
  /** Its key surely has not got the name. */
  | { readonly state: 'refused'; readonly own: CreatedKey; readonly failure: Failure }
  /** Its key may have the name, and others may use it. */
  | { readonly state: 'doubtful'; readonly own: CreatedKey; readonly failure: Failure }
  | { readonly state: 'over'; readonly elected: Elected };

/**
 * What a run does next: the same for all who see the same.
 *
 * @param own        its key, which others see, too
 * @param seen       what the list says
 * @param passedOver ids of provisional keys that are not waited for
 */
export function decide(
  own: CreatedKey | undefined,
  seen: Classified,
  passedOver: ReadonlySet<string>,
): ElectionState {
  const [existing] = seen.active;
  if (existing !== undefined) return { state: 'conceding', own, existing, seen };
  const rivals = seen.underWay.filter(
    ({ id }) => !passedOver.has(id) && id !== own?.id && (own === undefined || id < own.id),
  );
  if (rivals.length > 0) return { state: 'waiting', own, rivals };
  return own === undefined ? { state: 'proposing' } : { state: 'naming', own, seen };
}

/** What follows from an attempt to give a key the name. */
export function afterNaming({ own, seen }: Candidacy, renamed: ChangeResult): ElectionState {
  switch (renamed.kind) {
    case 'done':
      return { state: 'named', own, seen };
    case 'refused':
      return { state: 'refused', own, failure: renamed.failure };
    case 'unknown':
      return { state: 'doubtful', own, failure: renamed.failure };
  }
}

/** The key to delete when a run fails in a state: its own, while nobody else can be using it. */
export function unusedIn(state: ElectionState): CreatedKey | undefined {
  switch (state.state) {
    case 'deciding':
    case 'showing':
    case 'naming':
    case 'refused':
      return state.own;
    // Given up before anything can fail; or not made; or used, perhaps.
    case 'waiting':
    case 'conceding':
    case 'proposing':
    case 'named':
    case 'doubtful':
    case 'over':
      return undefined;
  }
}
