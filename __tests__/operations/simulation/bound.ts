import type { Call, History } from './history.ts';
import { name } from './requests.ts';
import type { World } from './world.ts';

const settleMs = 3000;

/** What `ensure` waits for others is 10 s: of these, so much may pass until a new key is looked at. */
const lookMs = 6000;
/** And so much from that look until all see that it has its name. */
const namingMs = 3000;

/**
 * The bound of G3: for every Create, the time from the list on which it was decided being served to
 * the Create being committed, plus twice the lag of reads, is within the settle time; and what has
 * to follow, the look and the renaming, follows promptly.
 */
export function isWithinBound({ history, readLagMs }: World): boolean {
  const isDecidedInTime = creates(history.calls).every(
    ({ decidedAt, committedAt }) => committedAt - decidedAt + 2 * readLagMs <= settleMs,
  );
  return (
    isDecidedInTime &&
    namings(history).every(
      ({ madeAt, lookedAt, decidedAt, committedAt }) =>
        lookedAt - madeAt <= lookMs && committedAt - decidedAt + readLagMs <= namingMs,
    )
  );
}

/** When each Create that arrived was decided on, and when it took effect. */
function creates(
  calls: readonly Call[],
): readonly { readonly decidedAt: number; readonly committedAt: number }[] {
  const decisions = new Map<string, number>();
  const lastLists = new Map<string, number>();
  return calls.flatMap(({ run, rpc, servedAt = Infinity, isAnswered }) => {
    if (rpc === 'GetSendDataApiKeys') lastLists.set(run, servedAt);
    if (rpc !== 'CreateApiKey') return [];
    const decidedAt = decisions.get(run) ?? lastLists.get(run) ?? -Infinity;
    // After a lost answer the next attempt rests on the same decision.
    if (isAnswered) decisions.delete(run);
    else decisions.set(run, decidedAt);
    return servedAt === Infinity ? [] : [{ decidedAt, committedAt: servedAt }];
  });
}

/** For each key that got its name: when it was made, when its maker then looked, first and last, and when it was named. */
function namings({ changes, calls }: History): readonly {
  readonly madeAt: number;
  readonly lookedAt: number;
  readonly decidedAt: number;
  readonly committedAt: number;
}[] {
  return changes.flatMap(({ kind, key, before, run, at: committedAt }) => {
    if (kind !== 'updated' || key.name !== name || before?.name === name) return [];
    const madeAt = changes.find((change) => change.key.id === key.id)?.at ?? -Infinity;
    const looks = calls.flatMap(({ rpc, servedAt = Infinity, ...call }) =>
      call.run === run &&
      rpc === 'GetSendDataApiKeys' &&
      servedAt > madeAt &&
      servedAt < committedAt
        ? [servedAt]
        : [],
    );
    const lookedAt = looks[0] ?? Infinity;
    return [{ madeAt, lookedAt, decidedAt: looks.at(-1) ?? -Infinity, committedAt }];
  });
}
