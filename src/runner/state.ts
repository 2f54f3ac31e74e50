import { getState, saveState } from '@actions/core';
import { Failure } from '../core/failure.ts';
import type { JobEnd, JobEndPlan } from '../core/ports.ts';

const planState = 'plan';

/**
 * Writes the plan for the job's end to the runner's file. It holds names and ids, never a value.
 * Throws `runner`: what could not be tidied up must not be begun.
 */
export const jobEnd: JobEnd = {
  plan: (plan) => {
    save(JSON.stringify(plan));
  },
};

/**
 * Writes down that nothing is left to do. First of all: what main does not say, a variable of the job
 * could say in its place.
 */
export function planNothing(): void {
  save('');
}

function save(text: string): void {
  try {
    saveState(planState, text);
  } catch (thrown) {
    throw new Failure('runner', 'What is left to do at the end of the job could not be saved.', {
      hint: 'Look at the disk of the runner: the file that GITHUB_STATE names took no more.',
      cause: thrown,
    });
  }
}

/** The plan that main wrote down last; undefined when there is none. */
export function readPlan(): JobEndPlan | undefined {
  const text = getState(planState);
  // Our own words, given back by the runner.
  return text === '' ? undefined : (JSON.parse(text) as JobEndPlan);
}
