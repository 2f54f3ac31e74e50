import type { Call } from '../simulation/history.ts';
import { name } from '../simulation/requests.ts';
import { isTakenBack } from './held.ts';
import type { Answer, Played } from './play.ts';

/** A row and a column of the table in docs/robustness.md, and what stands there. */
export interface Cell {
  readonly step: string;
  readonly call: string;
  readonly answer: Answer;
  /** How the step, or the end of its job, ended. */
  readonly ended: 'done' | 'value hidden' | 'in doubt' | 'failed' | 'warned';
  /** What became of the key that the lost call was about. */
  readonly key: 'active' | 'inactive' | 'gone' | 'unnamed';
  /** Whether the other run used it, and it was taken back. */
  readonly isTakenBack: boolean;
}

/** The cell of a history; none of one whose lost call was a read. */
export function cellsOf(played: Played): readonly Cell[] {
  const { reply, lostCall } = played;
  if (lostCall === undefined || lostCall.rpc.startsWith('Get')) return [];
  return [
    {
      step: reply.step.title,
      call: described(lostCall),
      answer: reply.answer,
      ended: endedOf(played, lostCall),
      key: keyOf(played, lostCall),
      isTakenBack: isTakenBack(played),
    },
  ];
}

function described({ rpc, half, request }: Call): string {
  const what =
    rpc === 'UpdateApiKey' && request.new_name === name ? 'rename' : rpc.replace('ApiKey', '');
  return half === 'main' ? what : `${what}, job's end`;
}

function endedOf({ first }: Played, { half }: Call): Cell['ended'] {
  const { failure, jobEndFailure } = first;
  if (half === 'job-end') return jobEndFailure === undefined ? 'done' : 'warned';
  if (failure === undefined) return 'done';
  if (failure.kind === 'value_hidden') return 'value hidden';
  return failure.effect === 'unknown' ? 'in doubt' : 'failed';
}

function keyOf({ world, lostCall }: Played, { rpc, request }: Call): Cell['key'] {
  const id =
    rpc === 'CreateApiKey'
      ? world.history.changes.find(
          ({ kind, at }) => kind === 'created' && at === lostCall?.servedAt,
        )?.key.id
      : request.key_id;
  const key = world.store.keys().find((each) => each.id === id);
  if (key === undefined) return 'gone';
  if (!key.active) return 'inactive';
  return key.name.includes('~pending') ? 'unnamed' : 'active';
}
