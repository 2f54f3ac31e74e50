import type { Change, History, KeyState } from '../simulation/history.ts';
import { name } from '../simulation/requests.ts';

/** What a key was at a moment; undefined: there is none of that id. */
type State = KeyState | undefined;

const isActive = (key: State): boolean => key?.active === true;
const isNamed = (key: State): boolean => isActive(key) && key?.name === name;

/**
 * What sentences that name a key say of it, and when that is true. The first that fits counts. Those
 * that leave it open come last: what is to be done, what was tried, what may be.
 */
const claims: readonly (readonly [said: RegExp, holds: (key: State) => boolean])[] = [
  [/\bmay (?:still )?be (?:there|active)|\bmay have its name\b/u, () => true],
  [
    /\b(?:was|were) deleted\b|\bkeys?(?: named "[^"]*")? deleted: |^Deleted /u,
    (key) => key === undefined,
  ],
  [
    /\b(?:was|were) deactivated\b|\bkeys?(?: named "[^"]*")? deactivated: |: deactivated\.$/u,
    (key) => !isActive(key),
  ],
  [/\bis gone already\b|\bnot found: |\bknows no key\b/u, (key) => key === undefined],
  [/\bactivated: /u, isActive],
  [/\brenamed to "other"\.$/u, (key) => key?.name === 'other'],
  [/^Created the (?:new )?key\b|\bexists\b/u, isNamed],
  [/\bstays? active\b|\bis still active\b/u, isActive],
  [/\bis still there\b|^Keys named "[^"]*" now: /u, (key) => key !== undefined],
  [/\bis to be \w+ now\b|\bwill be \w+ when the job has succeeded\b|\bfailed: /u, () => true],
  [/\bnobody knows\b|\bto be seen yet\b|\bdoes not know\b|\bdoes not show\b/u, () => true],
];

const id = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gu;

/** What a run said, and when. */
export interface Said {
  readonly at: number;
  readonly text: string;
}

/**
 * The sentences that are not true of the key that they name, and those of which that cannot be told.
 *
 * @param said    what a run told
 * @param history what happened
 */
export function untrue(said: readonly Said[], { changes }: History): readonly string[] {
  return said.flatMap(({ at, text }) =>
    text
      .split(/(?<=[.:])\s+(?=[A-Z])/u)
      .flatMap((sentence) =>
        (sentence.match(id) ?? []).flatMap((each) => judged(sentence, stateAt(changes, each, at))),
      ),
  );
}

function judged(sentence: string, key: State): readonly string[] {
  const claim = claims.find(([pattern]) => pattern.test(sentence));
  if (claim === undefined) return [`nobody knows what this claims: ${sentence}`];
  const [, holds] = claim;
  const was = key === undefined ? 'is not there' : key.active ? `is "${key.name}"` : 'is inactive';
  return holds(key) ? [] : [`it says "${sentence}", and the key ${was}`];
}

function stateAt(changes: readonly Change[], of: string, at: number): State {
  const last = changes.findLast(({ key, at: when }) => key.id === of && when <= at);
  return last === undefined || last.kind === 'deleted' ? undefined : last.key;
}
