import type { JobScope } from './job-scope.ts';
import { cancellation, type Interruption, type Moment } from './interruption.ts';

/** What may stop a step while it runs. */
export interface StepWatch {
  /** What to do to the process; undefined when nothing can stop it. */
  readonly signal: Interruption | undefined;
  /** What has come; undefined while nothing has. */
  readonly reason: () => 'cancelled' | 'timed-out' | undefined;
  /** Stops its clock. */
  readonly stop: () => void;
}

/**
 * Watches a step for what may stop it: the cancelling that the caller asked for, the end of the
 * job's time, the end of its own.
 *
 * @param scope the job, which is cancelled at the moment
 * @param step  its id; its `timeout-minutes`; and whether its `if:` holds in a cancelled job, since
 *              GitHub lets such a step go on
 */
export function watchStep(
  scope: JobScope,
  step: {
    readonly id: string | undefined;
    readonly minutes: number | undefined;
    readonly outlivesCancel: () => boolean;
  },
): StepWatch {
  const { settings, deadline, id } = scope.parts;
  const asked = settings.cancelDuring;
  const cancelDuring =
    asked !== undefined && asked.step === step.id && (asked.job ?? id) === id ? asked : undefined;
  let reason: 'cancelled' | 'timed-out' | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;

  /** @returns whether the process has to be told */
  const cancel = (): boolean => {
    if (isOver) return false;
    scope.cancel();
    if (step.outlivesCancel()) return false;
    reason ??= 'cancelled';
    return true;
  };
  const atMoment = (moment: Moment): Moment =>
    typeof moment === 'function'
      ? (line) => moment(line) && cancel()
      : new Promise((resolve) => {
          void moment.then(() => {
            if (cancel()) resolve(undefined);
          });
        });
  const moments: Moment[] = [cancelDuring?.when, deadline].flatMap((moment) =>
    moment === undefined ? [] : [atMoment(moment)],
  );
  if (step.minutes !== undefined) {
    const { minutes } = step;
    moments.push(
      new Promise((resolve) => {
        timer = setTimeout(() => {
          reason ??= 'timed-out';
          resolve(undefined);
        }, minutes * 60_000);
      }),
    );
  }
  return {
    signal: moments.length === 0 ? undefined : cancellation(moments, settings.patience),
    reason: () => reason,
    stop: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
