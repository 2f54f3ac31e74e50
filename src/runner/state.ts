import { Failure } from '../core/failure.ts';
import type { JobEnd, JobEndPlan } from '../core/ports.ts';
import { readLeft, saveNothing, SavedText } from './saved-text.ts';

const planState = 'plan';
const settingsState = 'connection';

// Twice a plan, the one before and the new one, and the settings once: together well below 1 MiB.
const longestPlan = 240_000;
const longestSettings = 300_000;

/** So many ids stand in the short form of a plan, for the case that the long one gets lost. */
const briefIds = 20;

/** What main left for the job's end. */
export type LeftForJobEnd =
  | { readonly kind: 'nothing' }
  /** `settings` is what {@link createJobEnd} was given, as JSON gives it back. */
  | { readonly kind: 'plan'; readonly plan: JobEndPlan; readonly settings: unknown }
  /** It is not whole any more; the plan is as far as it is known. */
  | { readonly kind: 'broken'; readonly plan: JobEndPlan; readonly problem: string };

/**
 * Writes plans for the job's end to the runner's file, and before the first of them how to carry it out.
 * They hold names and ids, never a value. Throws `runner`: what could not be tidied up must not be begun.
 *
 * @param settings gives what the job's end needs besides the plan: JSON, and no secret
 */
export function createJobEnd(settings: () => object): JobEnd {
  const plans = new SavedText(planState, longestPlan);
  let isPrepared = false;
  let saved: string | undefined;
  return {
    plan: (plan) => {
      const text = JSON.stringify(plan);
      // Two moments of the work may have the same plan: it is there already.
      if (text === saved) return;
      saving(() => {
        if (!isPrepared)
          new SavedText(settingsState, longestSettings).save(JSON.stringify(settings()), '');
        isPrepared = true;
        plans.save(text, JSON.stringify(briefOf(plan)));
      });
      saved = text;
    },
  };
}

/**
 * Writes down that nothing is left to do. First of all: what main does not say, a variable of the job
 * could say in its place.
 */
export function planNothing(): void {
  saving(() => {
    saveNothing(planState);
  });
}

function saving(work: () => void): void {
  try {
    work();
  } catch (thrown) {
    throw new Failure('runner', 'What is left to do at the end of the job could not be saved.', {
      hint: 'Look at the disk of the runner: the file that GITHUB_STATE names took no more, or a plan of thousands of keys could not be put into the folder that RUNNER_TEMP names.',
      cause: thrown,
    });
  }
}

function briefOf({ rotation, ...plan }: JobEndPlan): JobEndPlan {
  if (rotation === undefined) return { ...plan, rotation };
  const previousKeyIds = rotation.previousKeyIds.slice(0, briefIds);
  return { ...plan, rotation: { ...rotation, previousKeyIds } };
}

/** The plan that main wrote down last, and how to carry it out. Our own words, given back by the runner. */
export function readJobEnd(): LeftForJobEnd {
  const left = readLeft(planState);
  if (left.kind === 'nothing') return left;
  if (left.kind === 'broken') {
    return { kind: 'broken', plan: JSON.parse(left.brief) as JobEndPlan, problem: left.problem };
  }
  const plan = JSON.parse(left.text) as JobEndPlan;
  const settings = readLeft(settingsState);
  switch (settings.kind) {
    case 'whole':
      return { kind: 'plan', plan, settings: JSON.parse(settings.text) as unknown };
    case 'broken':
      return { kind: 'broken', plan, problem: settings.problem };
    case 'nothing':
      return { kind: 'broken', plan, problem: 'it does not say how main reached the service' };
  }
}
