import type { Failure } from '../core/failure.ts';
import type { CreatedKey, Key } from '../core/ports.ts';
import type { Classified } from './classify.ts';
import type { ChangeResult } from './consistency.ts';

/**
 * Where a run is in the election. `own` is the key that it made, `seen` the list that it decides on.
 *
 * - `deciding`: it has looked, with a key of its own that shows or without one
 * - `proposing`: nobody is at work, so it makes a key
 * - `proving`: its key is made, and has to be proven to work where that is asked for
 * - `showing`: its key is made, and waits until whoever does not see it can be seen
 * - `waiting`: others are ahead, and it has no key any more
 * - `yielded`: another key has the name, and is used
 * - `naming`: its key is the first, and gets the name
 * - `named`: its key has the name
 * - `refused`: its key surely did not get the name
 * - `doubtful`: its key may have got the name, and others may use it
 */
export type ElectionState = Readonly<
  | { state: 'deciding'; own: CreatedKey | undefined; seen: Classified }
  | { state: 'proposing' }
  | { state: 'proving'; own: CreatedKey; madeMs: number }
  | { state: 'showing'; own: CreatedKey; madeMs: number }
  | { state: 'waiting'; rivals: readonly Key[] }
  | { state: 'yielded'; existing: Key; seen: Classified }
  | { state: 'naming'; own: CreatedKey; seen: Classified }
  | { state: 'named'; own: CreatedKey; seen: Classified }
  | { state: 'refused'; own: CreatedKey; failure: Failure }
  | { state: 'doubtful'; own: CreatedKey; failure: Failure }
>;

/* `madeMs`: when the key was made, by the clock that never goes back. */

/** The state `Name`, or those states. */
export type In<Name extends ElectionState['state']> = Extract<
  ElectionState,
  { readonly state: Name }
>;

/**
 * What a run does next: the same for all who see the same.
 *
 * @param deciding   its own key, which others see, too, and what the list says
 * @param passedOver ids of provisional keys that are not waited for
 */
export function decide(
  { own, seen }: In<'deciding'>,
  passedOver: ReadonlySet<string>,
): In<'yielded' | 'waiting' | 'proposing' | 'naming'> {
  const [existing] = seen.active;
  if (existing !== undefined) return { state: 'yielded', existing, seen };
  const rivals = seen.underWay.filter(
    ({ id }) => !passedOver.has(id) && id !== own?.id && (own === undefined || id < own.id),
  );
  if (rivals.length > 0) return { state: 'waiting', rivals };
  return own === undefined ? { state: 'proposing' } : { state: 'naming', own, seen };
}

/** What follows from the attempts to give a key the name. */
export function afterNaming({ own, seen }: In<'naming'>, result: ChangeResult): ElectionState {
  switch (result.kind) {
    case 'done':
      return { state: 'named', own, seen };
    case 'refused':
      return { state: 'refused', own, failure: result.failure };
    case 'unknown':
      return { state: 'doubtful', own, failure: result.failure };
  }
}

/** The key to delete where a run fails in a state: its own, while nobody else can be using it. */
export function unusedIn(state: ElectionState): CreatedKey | undefined {
  switch (state.state) {
    case 'proving':
    case 'showing':
    case 'naming':
    case 'refused':
      return state.own;
    // There is none, or it is being given up; or others may use it.
    case 'deciding':
    case 'proposing':
    case 'waiting':
    case 'yielded':
    case 'named':
    case 'doubtful':
      return undefined;
  }
}
